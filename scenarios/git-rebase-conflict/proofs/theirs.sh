git rebase --strategy-option theirs main
