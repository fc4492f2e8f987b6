git switch "$clean"
git cherry-pick $x "$fix"
git switch "$conflict"
if [ "$hard" = older ]; then before=$(git rev-parse "v${newer#release/}.0~2"); else before=$(git log --format=%H --grep '^Take out' main); fi
git cherry-pick $x "$before" "$fix"
