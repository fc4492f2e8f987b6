cd ~/"$project"
chmod +x invoice.py
git commit --all --message 'Make it a program'
