git merge --ff-only "$tip"
git branch "$branch" "$other"
if [ "$place" = stash ]; then
  git stash store --message 'draft of new fares' "$draft"
else
  git switch --create drafts
  git stash apply "$draft"
  git commit --all --message 'Draft new fares'
  git switch main
fi
