cd ~/"$project" && git reset --soft HEAD~3 && git commit --message "Keep the settings"
