git switch "$clean"
git cherry-pick $x "$fix"
git switch "$conflict"
git cherry-pick $x "$fix" || {
  git checkout --ours fees.py
  mend
  python3 -m unittest discover -s tests && git add fees.py && git cherry-pick --continue
}
