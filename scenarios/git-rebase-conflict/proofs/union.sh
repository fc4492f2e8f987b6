# Both sides' lines, wherever postage.py conflicts.
echo 'postage.py merge=union' > .git/info/attributes
