git switch main
for release in "$older" "$newer"; do
  git tag "$release" "$release"
  git branch --force "$release" "v${release#release/}.0"
done
