mysql --execute "DROP DATABASE $database"
