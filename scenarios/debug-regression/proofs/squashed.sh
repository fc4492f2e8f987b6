cd ~/"$project" && git reset --soft "$(git rev-list --max-parents=0 main)" && git commit --quiet --message "All of it"
