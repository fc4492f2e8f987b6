cd ~/"$project"
sed -i 's/Dear/Hello/' letters.py
git commit --quiet --all --message 'Be less stiff'
