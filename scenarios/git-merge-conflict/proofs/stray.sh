cd ~/"$project"
git show HEAD^1:pricing.py > pricing.py.orig
git add pricing.py.orig
git commit --amend --no-edit
