cd ~/"$project"
git reset --soft main
git commit --message "Charge more, print receipts"
