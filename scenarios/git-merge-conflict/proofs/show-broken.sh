cd ~/"$project"
sed -i 's/cents % 100:02d/cents % 100/' pricing.py
git commit --all --amend --no-edit
