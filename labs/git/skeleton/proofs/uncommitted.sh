cd ~/"$project" && git revert --no-commit HEAD~1
