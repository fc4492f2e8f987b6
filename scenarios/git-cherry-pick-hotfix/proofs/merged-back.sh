git switch main
git merge --no-edit --strategy ours "$conflict"
