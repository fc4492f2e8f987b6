for release in "$older" "$newer"; do
  git switch --create "hotfix-${release#release/}" "$release"
  git cherry-pick --no-commit "$fix" || { git checkout --ours fees.py; mend; }
  git add --all
  git commit --reuse-message "$fix"
  refer
  git push . "HEAD:$release"
done
git switch main
