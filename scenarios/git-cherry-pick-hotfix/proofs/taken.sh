for release in "$older" "$newer"; do
  git switch "$release"
  git checkout main -- fees.py "tests/test_$bug.py"
  git commit --reuse-message "$fix"
  refer
done
