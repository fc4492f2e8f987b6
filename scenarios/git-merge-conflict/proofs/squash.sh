cd ~/"$project"
git reset --soft HEAD^1
git commit --message "Merge $branch"
