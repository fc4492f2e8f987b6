cd "$project"
# found SUBJECT lists the commits of that subject that no name leads to, the latest first.
found() {
  git fsck --no-reflogs --unreachable 2>/dev/null | awk '$2 == "commit" { print $3 }' |
    git log --no-walk --stdin --format='%ct %H %s' | sort -rn | grep -E "^[^ ]+ [^ ]+ $1" | awk '{ print $2 }'
}
tip=$(found 'Go round to the harbour' | sed -n 1p) earlier_tip=$(found 'Go round to the harbour' | sed -n 2p)
other=$(found 'Go on to the airport' | sed -n 1p) earlier_other=$(found 'Go on to the airport' | sed -n 2p)
draft=$(found 'WIP on main' | sed -n 1p) earlier_draft=$(found 'WIP on main' | sed -n 2p)
