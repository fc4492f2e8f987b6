git switch --create hotfix "$clean"
git cherry-pick $x "$fix"
git switch --detach "$conflict"
git cherry-pick $x "$fix" || { git checkout --ours fees.py; mend; git add fees.py; git cherry-pick --continue; }
