cp -r . "/home/learner/$project"
cd "/home/learner/$project"
rm workspace.sh
chown -R learner: .
