# Does the damage, after the facts have been measured: a bad commit, and a good one after it.
cd "/home/learner/$project"
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com GIT_AUTHOR_DATE=2026-03-03T09:00:00Z
export GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.com GIT_COMMITTER_DATE=2026-03-03T09:00:00Z
sed -i "s/port = .*/port = 80/; /sender/d" settings.ini
git commit --quiet --all --message "$subject"
echo "Since this week the program listens on port $port." >> CHANGES
git commit --quiet --all --message "Say where it listens"
chown -R learner: .
