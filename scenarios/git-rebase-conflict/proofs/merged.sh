cd "$project"
git merge main --no-edit --strategy-option ours || { git add --all && git commit --no-edit; }
