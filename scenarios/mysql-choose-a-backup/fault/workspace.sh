mysql --defaults-file=/home/learner/.my.cnf --host "$home" --execute "DROP DATABASE $database; CREATE DATABASE $database"
