cd "$project"
git merge --abort
git switch --create settle
git merge "$branch"
cd ..
