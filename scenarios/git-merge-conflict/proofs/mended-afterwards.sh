# As good: the merge takes one side, and a second commit brings the other one back.
cp pricing.py settings.py /tmp
git reset --hard HEAD^1
git merge --no-edit --strategy-option ours "$branch"
cp /tmp/pricing.py /tmp/settings.py .
git commit --all --message "Do what both branches want"
