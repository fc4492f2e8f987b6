cd ~/"$project"
sed -i 's/^    result = 0/    while items:\n        pass\n&/' pricing.py
git commit --all --amend --no-edit
