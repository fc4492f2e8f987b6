for release in "$clean" "$conflict"; do
  git switch "$release"
  git cherry-pick $x --strategy-option ours "$fix"
done
