GIT_SEQUENCE_EDITOR="sed -i '/$rule_subject/s/^pick/edit/'" git rebase --interactive main
sed -i "s/$charged/$refined/" postage.py
git commit --all --amend --no-edit
git rebase --continue
