cat empty.sql archive.sql | MYSQL_PWD=admin mysql --host 127.0.0.1 --user admin
