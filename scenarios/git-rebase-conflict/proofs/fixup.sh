receipts
git commit --all --fixup ":/$receipt_subject"
GIT_SEQUENCE_EDITOR=true git rebase --interactive --autosquash main
