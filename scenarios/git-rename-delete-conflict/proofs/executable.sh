cd ~/"$project"
chmod +x desk.py
git commit --quiet --all --amend --no-edit
