cd "$project"
git rm --quiet discounts.py tests/test_discounts.py
git checkout v1.0 -- invoice.py
git commit --message 'Take long stays out'
git tag --annotate --message 'Without long stays' v1.1
git checkout "$branch" -- discounts.py tests/test_discounts.py invoice.py
git commit --message 'Bring long stays back, mended'
