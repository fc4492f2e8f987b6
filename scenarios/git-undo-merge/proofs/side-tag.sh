cd ~/"$project"
git switch --detach v1.1
git commit --allow-empty --message 'Release'
git tag --force v1.1
git switch main
