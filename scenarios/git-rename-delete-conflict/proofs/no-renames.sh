cd "$project"
git merge --abort
git merge --strategy-option no-renames "$branch"
cd ..
