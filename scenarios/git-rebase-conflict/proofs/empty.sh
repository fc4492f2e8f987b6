git rebase --reapply-cherry-picks --empty=keep main
ahead
