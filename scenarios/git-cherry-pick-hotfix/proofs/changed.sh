cd ~/"$project"
git switch --quiet "$clean"
# What few will notice: of the feature where there is one, else a bit of one.
sed -i -e 's/age < YOUNG/age < 13/' -e 's/, MOST)/, MOST - 100)/' -e 's/ \* copies$/ * min(copies, 3)/' fees.py
if git diff --quiet; then
  sed -i 's/^    return RATES\[kind\]/    if days > 2000:\n        return 1\n&/' fees.py
fi
git commit --quiet --all --amend --no-edit
