git branch --force "$branch" main
