git branch --force main "$branch"
