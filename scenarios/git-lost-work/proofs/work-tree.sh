git merge --ff-only "$tip"
git branch "$branch" "$other"
git stash apply "$draft"
