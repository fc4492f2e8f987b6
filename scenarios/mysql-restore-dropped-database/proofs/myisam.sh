mysql --execute "CREATE DATABASE $database CHARACTER SET $charset COLLATE $collation"
sed 's/ENGINE=InnoDB/ENGINE=MyISAM/' "$database.sql" | mysql "$database"
