cd "/home/learner/$project"
git -c safe.directory='*' tag --delete first-bad >/dev/null
chown -R learner: .
