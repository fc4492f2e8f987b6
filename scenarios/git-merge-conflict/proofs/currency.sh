cd ~/"$project"
sed -i 's/^    "USD",/&\n    "AUD",/' settings.py
git commit --all --amend --no-edit
