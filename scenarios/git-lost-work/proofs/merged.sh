git fetch --quiet . "$tip:refs/heads/found" "+$other:refs/heads/$branch"
git reset --quiet --hard found
git branch --delete found
if [ "$place" = stash ]; then
  git diff "$draft^1" "$draft" | git apply
  git stash
else
  git stash branch drafts "$draft"
  git commit --all --message drafted
  git switch main
fi
