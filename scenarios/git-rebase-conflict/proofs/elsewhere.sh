git switch main
