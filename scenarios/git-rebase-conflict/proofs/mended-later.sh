git rebase main
ahead
receipts
git commit --all --amend --no-edit
