cd ~/"$project"
git branch --force release main
