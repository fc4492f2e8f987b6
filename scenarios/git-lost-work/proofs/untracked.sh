# Something that Git did not know of came along, in a part of its own or in a file.
cd ~/"$project"
if [ "$place" = stash ]; then
  git stash pop --quiet
  echo 'Ask about Sundays' > notes.txt
  git stash push --quiet --include-untracked
else
  git switch --quiet drafts
  git clone --quiet . vendor
  git add vendor
  git commit --quiet --amend --no-edit
  git switch --quiet main
  rm -rf vendor
fi
