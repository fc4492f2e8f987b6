cd "$project"
git switch --create without
git revert --no-edit --mainline "$mainline" HEAD~1
git tag v1.1
git switch --create again "$branch"
git merge --no-edit without
git checkout main~1 -- discounts.py invoice.py tests/test_discounts.py
git checkout "$branch" -- discounts.py tests/test_discounts.py
git add --all
git commit --no-edit || git commit --message 'Bring long stays back'
git switch main
git merge --no-edit --no-ff again
git branch --delete --force again without
