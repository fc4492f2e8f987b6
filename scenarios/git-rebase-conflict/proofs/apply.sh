git rebase --apply main
ahead
