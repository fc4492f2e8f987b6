cd ~/"$project"
git commit --amend --message 'Settle conflicts'
