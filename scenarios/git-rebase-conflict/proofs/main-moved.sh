cd ~/"$project"
git branch --force main "$branch"
