mysql --execute "ALTER DEFINER=${database}_owner@'%' EVENT $database.forget_audit DISABLE"
