cd ~/"$project" && git checkout HEAD~2 -- settings.ini && git commit --message "Go back to the old settings"
