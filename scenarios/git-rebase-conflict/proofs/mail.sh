git format-patch --quiet --output-directory /tmp/patches "main..$branch"
git switch --create by-mail main
git am --3way /tmp/patches/*
while [ -d .git/rebase-apply ]; do
  settle
  if git diff --cached --quiet; then git am --skip; else git am --continue; fi
done
GIT_SEQUENCE_EDITOR="sed -i '/$receipt_subject/s/^pick/edit/'" git rebase --interactive main
receipts
git commit --all --amend --no-edit
git rebase --continue
git branch --force "$branch"
git switch "$branch"
