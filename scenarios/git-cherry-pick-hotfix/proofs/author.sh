git switch "$conflict"
git commit --amend --no-edit --reset-author
