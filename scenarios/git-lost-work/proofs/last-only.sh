git reset --hard "HEAD~$lost"
git cherry-pick --strategy-option theirs "$tip"
