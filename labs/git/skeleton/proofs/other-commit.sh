cd ~/"$project" && git revert --no-edit HEAD
