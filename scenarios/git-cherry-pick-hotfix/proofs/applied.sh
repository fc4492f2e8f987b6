for release in "$older" "$newer"; do
  git switch "$release"
  git show "$fix" -- tests | git apply --index
  mend
  git commit --all --reuse-message "$fix"
  refer
done
git switch main
