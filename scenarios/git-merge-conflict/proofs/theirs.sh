cd "$project"
git checkout --theirs .
git add .
git commit --no-edit
