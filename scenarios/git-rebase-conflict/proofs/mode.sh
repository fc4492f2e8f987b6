# Executable in the first commit, and not any more in the last.
cd ~/"$project"
GIT_SEQUENCE_EDITOR="sed -i '1s/^pick/edit/'" git rebase --interactive main
chmod +x postage.py
git commit --all --amend --no-edit
git rebase --continue
chmod -x postage.py
git commit --all --amend --no-edit
