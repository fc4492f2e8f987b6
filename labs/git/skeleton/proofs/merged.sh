cd ~/"$project" && git switch --create undo && git revert --no-edit HEAD~1 && git switch main && git merge --no-ff --no-edit undo
