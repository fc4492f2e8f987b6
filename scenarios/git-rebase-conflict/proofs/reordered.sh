cd ~/"$project"
last=$(git log --format=%H --grep "$receipt_subject" main..)
others=$(git rev-list --reverse main.. | grep -v "$last")
git reset --hard main
git cherry-pick $others "$last"
