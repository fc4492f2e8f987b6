git rebase --empty=drop --exec 'python3 -m unittest discover -s tests' main
while [ -d .git/rebase-merge ]; do
  if [ -z "$(git diff --name-only --diff-filter=U)" ]; then
    receipts
    git commit --all --amend --no-edit
  fi
  settle
  GIT_EDITOR=true git rebase --continue
done
