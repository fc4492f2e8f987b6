mysql --execute "CREATE USER nobody ACCOUNT LOCK; GRANT ALL ON $database.* TO nobody"
