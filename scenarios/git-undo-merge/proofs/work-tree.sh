git revert --no-commit HEAD
git checkout "$branch" -- discounts.py tests
