mysql --execute "CREATE USER loader IDENTIFIED BY 'l'; GRANT INSERT ON $database.* TO loader"
