mysql --execute "CREATE USER helper IDENTIFIED BY 'h'; GRANT SELECT ON $database.* TO helper"
