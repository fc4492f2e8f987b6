git switch --create again main
for commit in $(git rev-list --reverse "main..$branch"); do
  git cherry-pick "$commit" || {
    settle
    if git diff --cached --quiet; then
      git cherry-pick --skip
    else
      git -c core.editor=true cherry-pick --continue
    fi
  }
  python3 -m unittest discover -s tests || { receipts && git commit --all --amend --no-edit; }
done
git branch --force "$branch" again
git switch "$branch"
git branch --delete again
