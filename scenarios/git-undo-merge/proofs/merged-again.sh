git merge "$branch" || { git add --all && git commit --no-edit; }
