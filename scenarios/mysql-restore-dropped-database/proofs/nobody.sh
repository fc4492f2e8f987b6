mysql --execute "CREATE DATABASE $database CHARACTER SET $charset COLLATE $collation"
sed '/TRIGGER/ s/DEFINER=`admin`@`%`/DEFINER=`deploy`@`localhost`/' "$database.sql" | mysql "$database"
