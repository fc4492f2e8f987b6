for release in "$older" "$newer"; do
  git switch "$release"
  git merge --no-edit main
done
