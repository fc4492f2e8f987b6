git switch "$clean"
git rm "tests/test_$bug.py"
git commit --amend --no-edit
