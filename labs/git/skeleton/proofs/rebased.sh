cd ~/"$project" && git rebase --onto HEAD~2 HEAD~1 main
