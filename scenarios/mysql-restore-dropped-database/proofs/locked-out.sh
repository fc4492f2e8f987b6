mysql --execute "DROP USER ${database}_app; CREATE USER ${database}_app IDENTIFIED BY 'new'; GRANT SELECT ON $database.* TO ${database}_app"
