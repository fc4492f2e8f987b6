# Everything belongs to the administrator, as on a server in use.
export MYSQL_PWD=admin
mysql --host 127.0.0.1 --user admin < schema.sql
unset MYSQL_PWD
mysql "$database" < evening.sql
# What the night had and the day brought, for the fault.
mysqldump --databases "$database" "$neighbour" > /root/night.sql
cp before.sql after.sql /root
