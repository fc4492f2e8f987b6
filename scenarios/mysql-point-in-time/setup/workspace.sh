# Last night's dump. Then the day as it should have been, which the logs do not hear
# of: what is right is what there is after it.
export HOME=/home/learner
install -d -o learner -g learner ~/backup
mysqldump --single-transaction --source-data=2 --skip-dump-date --databases "$database" > ~/backup/"$database.sql"
chown learner: ~/backup/"$database.sql"
{ echo 'SET sql_log_bin = 0;'; cat before.sql after.sql; } | grep -v '^FLUSH' | mysql "$database"
