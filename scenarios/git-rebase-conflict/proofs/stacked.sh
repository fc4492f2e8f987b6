git config rebase.updateRefs true
