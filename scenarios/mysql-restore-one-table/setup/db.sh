# Everything belongs to the administrator, as on a server in use.
export MYSQL_PWD=admin
mysql --host 127.0.0.1 --user admin < night.sql
