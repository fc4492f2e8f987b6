export HOME=/root GIT_AUTHOR_NAME="Ada Park" GIT_AUTHOR_EMAIL=ada@example.com GIT_COMMITTER_NAME="Ada Park" GIT_COMMITTER_EMAIL=ada@example.com
git init --quiet "/home/learner/$project"
python3 build.py "/home/learner/$project"
chown -R learner: "/home/learner/$project"
