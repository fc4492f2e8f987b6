git switch "$clean"
git reset --soft HEAD~1
git commit --amend --no-edit
