cd "$project"
git switch --create hotfix v1.0
git cherry-pick main
git tag v1.1
git switch main
git merge --strategy ours --no-edit hotfix
git merge --no-edit "$branch"
