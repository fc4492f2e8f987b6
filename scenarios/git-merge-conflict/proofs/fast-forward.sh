git switch main
git merge --ff-only settle
git branch --delete settle
