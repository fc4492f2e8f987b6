cd "$project"
git revert --no-edit --mainline "$mainline" main~1
git tag v1.1
