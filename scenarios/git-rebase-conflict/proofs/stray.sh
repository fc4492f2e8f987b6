cd ~/"$project"
git show v1.0:postage.py > postage.py.orig
git add postage.py.orig
git commit --amend --no-edit
