for release in "$clean" "$conflict"; do
  git rebase --onto "$release" "$fix^" "$fix" || { git checkout --ours fees.py; mend; git add fees.py; git rebase --continue; }
  refer
  git branch --force "$release" HEAD
done
git worktree add ../at-older "$older"
git switch main
