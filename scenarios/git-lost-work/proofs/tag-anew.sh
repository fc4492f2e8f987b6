cd ~/"$project"
git tag --force --annotate --message 'Other words' v1 'v1^{}'
