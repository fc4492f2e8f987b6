git switch "$clean"
git cherry-pick $x "$fix"
