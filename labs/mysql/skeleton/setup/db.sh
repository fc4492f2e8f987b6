# Builds the healthy system. This runs as root on the host db, once the server is ready, in a
# temporary folder with all other files of setup/. The rendered schema.sql.tmpl is schema.sql.
export MYSQL_PWD=admin
mysql --host 127.0.0.1 --user admin < schema.sql
