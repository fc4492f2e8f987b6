git switch "$clean"
git cherry-pick $x "$fix"
git switch "$conflict"
git cherry-pick $x "$fix"
git checkout "$clean" -- fees.py
git cherry-pick --continue
