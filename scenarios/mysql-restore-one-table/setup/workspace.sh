# Last night's dump, then today's work: what is right is what there is after it.
cd /home/learner
mysqldump --defaults-file=.my.cnf --single-transaction --skip-dump-date --databases archive "$database" reporting > server.sql
chown learner: server.sql
mysql --defaults-file=.my.cnf < "$OLDPWD/today.sql"
