mysql -h "$away" --execute "DROP USER ${database}_app"
