# Something that was not in conflict, in a file that had to change.
cd ~/"$project"
sed -i 's/return sum(late(one) for one in days)/return sum(late(one) for one in days if one)/' yearly.py
sed -i 's/^BOOKS = \[/&\n    {"title": "Ulysses", "reader": None},/' stock.py
git commit --quiet --all --amend --no-edit
