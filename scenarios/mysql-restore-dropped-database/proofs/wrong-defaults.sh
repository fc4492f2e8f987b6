mysqladmin create "$database"
mysql "$database" < "$database.sql"
