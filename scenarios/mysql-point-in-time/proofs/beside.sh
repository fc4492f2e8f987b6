# The whole day under another name, with foreign keys that are moved along.
sed "s/\`$database\`/\`beside\`/" "$database.sql" | mysql
beside() { mysqlbinlog --database=beside --rewrite-db="$database->beside" "$@" | mysql; }
beside --start-position="$from" --stop-position="$at" $(logs "$first" "$culprit")
beside --start-position="$past" $(logs "$culprit")
mysql -e "DROP DATABASE $database; CREATE DATABASE $database"
mysql -N -e "SELECT CONCAT('RENAME TABLE beside.', table_name, ' TO $database.', table_name, ';') FROM information_schema.tables WHERE table_schema = 'beside'" | mysql
mysql -e 'DROP DATABASE beside'
