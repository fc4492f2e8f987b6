cd
{ echo "CREATE DATABASE $database COLLATE $collation; USE $database;"; cat "$database.sql"; } | mysql
