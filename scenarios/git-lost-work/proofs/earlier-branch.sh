git branch --force "$branch" "$earlier_other"
