cd ~/"$project"
git commit --allow-empty --message "Bring work back"
