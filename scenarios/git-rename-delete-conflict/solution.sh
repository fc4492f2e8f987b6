python3 -m unittest discover -s tests
git add --all
git commit --no-edit
