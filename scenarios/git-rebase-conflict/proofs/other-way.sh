cd "$project"
git switch main
git rebase --strategy-option theirs "$branch"
git switch "$branch"
