cd "$project"
git checkout --ours .
git add .
git commit --no-edit
