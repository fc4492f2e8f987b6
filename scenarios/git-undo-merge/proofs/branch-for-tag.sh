cd ~/"$project"
git branch v1.1 v1.1
git tag --force v1.1 main
