git switch --create merged
git branch --force main HEAD^1
