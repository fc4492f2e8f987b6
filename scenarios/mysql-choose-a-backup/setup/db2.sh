cat empty.sql reporting.sql | MYSQL_PWD=admin mysql --host 127.0.0.1 --user admin
