mysql --execute "DROP DATABASE backup"
