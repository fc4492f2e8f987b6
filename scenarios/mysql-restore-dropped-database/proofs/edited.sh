sed -i "1i CREATE DATABASE $database CHARACTER SET $charset COLLATE $collation; USE $database;" "$database.sql"
mysql < "$database.sql"
