git commit --amend --message 'Settle conflicts'
