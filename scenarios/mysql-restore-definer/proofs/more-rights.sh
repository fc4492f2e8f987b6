mysql --execute "GRANT ALL ON $database.* TO ${database}_app"
