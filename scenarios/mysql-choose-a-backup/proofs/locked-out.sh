mysql -h "$home" --execute "REVOKE SELECT ON $database.* FROM ${database}_app"
