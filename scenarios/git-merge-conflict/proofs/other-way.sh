cd "$project"
git merge --abort
git switch --create settle "$branch"
git merge main
cd ..
