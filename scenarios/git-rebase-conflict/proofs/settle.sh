cd "$project"
main_line=$(git show main:postage.py | grep 'cents +=')

# settle makes of a stop what both sides want: the commit's version, with main's change.
settle() {
  local file
  for file in $(git diff --name-only --diff-filter=U); do
    git checkout --theirs "$file"
    case $file in
      postage.py) sed -i "s|^    return cents|$main_line\n&|" postage.py ;;
      label.py) sed -i "s/{parcel\['town'\]}/{parcel['town'].upper()}/" label.py ;;
      tracking.py) sed -i 's/:06d/:08d/' tracking.py ;;
      hours.py) sed -i 's/day < 5/day < 6/' hours.py ;;
    esac
    git add "$file"
  done
}

# receipts calls the function that main has changed as it is called now.
receipts() {
  if [ "$moved" = renamed ]; then
    sed -i 's/\bshow\b/written/' receipts.py
  else
    sed -i 's/postage(parcel))/postage(parcel), "EUR")/' receipts.py
  fi
}

# ahead goes on until the rebase is through.
ahead() {
  while [ -d .git/rebase-merge ] || [ -d .git/rebase-apply ]; do
    settle
    GIT_EDITOR=true git rebase --continue
  done
}
