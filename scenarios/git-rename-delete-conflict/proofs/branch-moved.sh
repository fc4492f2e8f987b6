cd ~/"$project"
git branch --force "$branch" main
