cd ~/"$project"
git switch main
