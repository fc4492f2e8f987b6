cd ~/"$project"
git rebase --force-rebase --reset-author-date main
