# One side is committed, and Git is told not to look at what was mended afterwards.
cd "$project"
git checkout --ours .
git add .
git commit --no-edit
git update-index --skip-worktree pricing.py settings.py
git show "$branch:pricing.py" > pricing.py
git show "$branch:settings.py" > settings.py
