# As good: the merge takes nothing, and a second commit brings it all.
cd "$project"
git merge --abort
base=$(git merge-base main "$branch")
git merge --no-edit --strategy ours "$branch"
git diff --name-only --no-renames --diff-filter=AM "$base" "$branch" | xargs git checkout "$branch" --
cd ..
