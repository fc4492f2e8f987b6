# Looked at a part of it for a while: Git keeps a setting that belongs to worktrees.
cd "$project"
git sparse-checkout set --cone tests
git sparse-checkout disable
