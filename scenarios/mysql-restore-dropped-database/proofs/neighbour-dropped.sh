mysql --execute "DROP DATABASE reporting"
