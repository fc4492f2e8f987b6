cd ~/"$project"
git rm --quiet tests/test_receipts.py
git commit --amend --no-edit
