cd ~/"$project"
git switch --quiet "$conflict"
chmod +x fees.py
git commit --quiet --all --amend --no-edit
