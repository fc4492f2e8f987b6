cd "$project"
last=$(git rev-parse main)
git reset --hard v1.0
git cherry-pick "$last"
git tag v1.1 v1.0
git merge --no-edit "$branch"
