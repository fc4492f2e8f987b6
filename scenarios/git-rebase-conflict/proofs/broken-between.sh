cd ~/"$project"
GIT_SEQUENCE_EDITOR="sed -i '1s/^pick/edit/'" git rebase --interactive main
sed -i 's/import [a-z]*$/import amounts/' invoice.py
git commit --all --amend --no-edit
git rebase --continue
git checkout main -- invoice.py
git commit --amend --no-edit
