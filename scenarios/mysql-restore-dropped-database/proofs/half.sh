mysql --execute "CREATE DATABASE $database CHARACTER SET $charset COLLATE $collation"
head --bytes $(($(stat --format %s "$database.sql") / 2)) "$database.sql" | mysql "$database"
