cd ~/"$project"
git cherry-pick --allow-empty "$branch~2" "$branch~1" "$branch"
