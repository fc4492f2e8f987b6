git rm --quiet -r .
git checkout "$branch" -- .
git commit --message 'Take what the branch has'
