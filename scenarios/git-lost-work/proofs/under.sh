# What the draft stands on is a commit of its own, with the hours of the other stash.
cd ~/"$project"
if [ "$place" = stash ]; then
  git stash drop
  git switch --quiet --detach main
  git checkout --quiet 'stash@{0}' -- hours.txt
  git commit --quiet --message 'Say when it runs on holidays'
  git checkout --quiet "$draft" -- fares.py
  git reset --quiet
  git stash push --quiet
  git switch --quiet main
else
  git switch --quiet drafts
  git reset --quiet --hard HEAD~1
  git checkout --quiet 'stash@{0}' -- hours.txt
  git commit --quiet --message 'Say when it runs on holidays'
  git checkout --quiet "$draft" -- fares.py
  git commit --quiet --message 'Draft new fares'
  git switch --quiet main
fi
