mysql --execute "ALTER DATABASE archive READ ONLY = 1"
