git rebase --strategy-option ours main
