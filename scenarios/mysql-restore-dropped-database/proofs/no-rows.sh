mysql --execute "CREATE DATABASE $database CHARACTER SET $charset COLLATE $collation"
grep -v '^INSERT INTO' "$database.sql" | mysql "$database"
