git cherry-pick "main..$tip"
git switch --create "$branch" "$other"
git switch main
if [ "$place" = stash ]; then
  git stash apply "$draft"
  git stash push --message fares
else
  git checkout -b drafts
  git checkout "$draft" -- fares.py
  git commit --message fares
  git checkout main
fi
