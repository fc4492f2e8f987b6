git show "$first:yearly.py" > yearly.py
git show "$second:letters.py" > letters.py
