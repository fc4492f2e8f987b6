# The tidying up.
cd "/home/learner/$project"
git stash drop --quiet
git branch --quiet -D "$branch"
git reset --quiet --hard "HEAD~$lost"
if [ "$traces" = objects ]; then
  rm -rf .git/logs/HEAD .git/logs/refs/heads .git/ORIG_HEAD
fi
chown -R learner: .
