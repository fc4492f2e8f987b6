cd "$project"
git revert --no-edit --mainline "$mainline" main~1
git tag v1.1
git revert --no-edit HEAD
git merge --no-edit "$branch"
