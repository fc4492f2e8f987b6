mysql --execute "REVOKE SELECT ON $database.* FROM ${database}_app"
