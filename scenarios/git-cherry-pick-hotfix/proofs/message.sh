git switch "$clean"
if [ "$message" = same ]; then
  git commit --amend --message "$(git log -1 --format=%B)" --message "(cherry picked from commit $fix)"
else
  git commit --amend --reuse-message "$fix"
fi
