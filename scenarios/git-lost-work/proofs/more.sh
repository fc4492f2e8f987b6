cd ~/"$project"
if [ "$place" = stash ]; then
  git stash pop
  echo 'Noon 12–13' >> hours.txt
  git stash
else
  git switch drafts
  echo 'Noon 12–13' >> hours.txt
  git commit --all --amend --no-edit
  git switch main
fi
