cd ~/"$project"
git switch --quiet "$clean"
git clone --quiet . vendor
git add vendor
git commit --quiet --amend --no-edit
rm -rf vendor/* vendor/.[a-z]*
