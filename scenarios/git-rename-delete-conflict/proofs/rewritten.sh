cd "$project"
git merge --abort
git reset --hard "$branch"
