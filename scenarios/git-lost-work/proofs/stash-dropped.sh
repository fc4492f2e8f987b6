cd ~/"$project"
git stash drop "stash@{$([ "$place" = stash ] && echo 1 || echo 0)}"
