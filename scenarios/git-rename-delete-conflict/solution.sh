git add --all
git commit --no-edit
