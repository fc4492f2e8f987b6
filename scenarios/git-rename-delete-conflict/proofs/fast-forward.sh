git switch main
git merge --ff-only settled
git branch --delete settled
