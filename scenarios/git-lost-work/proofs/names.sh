cd ~/"$project"
git notes add --message 'Found again' main
git update-ref refs/found/draft HEAD
