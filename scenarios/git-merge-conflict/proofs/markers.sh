git reset --hard HEAD^1
git merge "$branch"
git checkout HEAD@{1} -- pricing.py
git add .
git commit --no-edit
