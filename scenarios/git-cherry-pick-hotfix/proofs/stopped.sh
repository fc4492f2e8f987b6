git switch "$conflict"
git cherry-pick $x "$fix"
