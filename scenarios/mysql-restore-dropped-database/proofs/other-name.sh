mysql --execute "CREATE DATABASE ${database}_restored CHARACTER SET $charset COLLATE $collation"
mysql "${database}_restored" < "$database.sql"
