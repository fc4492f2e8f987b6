cd ~/"$project"
chmod +x settings.py
git commit --all --amend --no-edit
