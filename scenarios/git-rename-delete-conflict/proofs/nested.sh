cd ~/"$project"
git clone --quiet . vendor
git add vendor
git commit --quiet --amend --no-edit
rm -rf vendor/* vendor/.[a-z]*
