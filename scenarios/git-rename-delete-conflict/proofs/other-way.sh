cd "$project"
git merge --abort
git switch --create settled "$branch"
git merge main
cd ..
