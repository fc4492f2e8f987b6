# The last commit as it was, and the one before it with all that belongs into both.
cd ~/"$project"
git reset --quiet --hard "$tip"
git reset --quiet --soft HEAD~2
git commit --quiet --reuse-message "$tip~1"
git commit --quiet --allow-empty --reuse-message "$tip"
