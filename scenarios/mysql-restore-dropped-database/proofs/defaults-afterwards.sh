cd
mysqladmin create "$database"
mysql --database "$database" --force < "$database.sql"
mysql --execute "ALTER DATABASE $database CHARACTER SET $charset COLLATE $collation"
