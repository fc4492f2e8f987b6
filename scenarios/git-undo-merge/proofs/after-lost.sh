cd "$project"
git rm --quiet discounts.py tests/test_discounts.py
git checkout v1.0 -- .
git commit --message 'Back to v1.0'
git tag v1.1
git revert --no-edit HEAD
git merge --no-edit "$branch"
