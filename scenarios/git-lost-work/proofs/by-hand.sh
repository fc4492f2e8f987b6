cd ~/"$project"
messages=$(git log --reverse --format=%s "HEAD~$lost..HEAD")
git reset --soft "HEAD~$lost"
while read -r message; do
  git commit --allow-empty --message "$message"
done <<< "$messages"
