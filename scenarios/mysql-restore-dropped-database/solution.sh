cd
mysql --execute "CREATE DATABASE $database CHARACTER SET $charset COLLATE $collation"
mysql "$database" < "$database.sql"
