cd "$project"
git checkout --ours settings.py
git add settings.py
