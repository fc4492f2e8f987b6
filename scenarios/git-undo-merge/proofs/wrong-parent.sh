cd "$project"
git revert --no-edit --mainline $((3 - mainline)) main~1
git tag v1.1
