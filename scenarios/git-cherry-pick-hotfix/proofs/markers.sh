git commit --all --no-edit
