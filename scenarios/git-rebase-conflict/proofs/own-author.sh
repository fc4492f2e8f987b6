cd ~/"$project"
git rebase --force-rebase --exec 'git commit --amend --no-edit --reset-author' main
