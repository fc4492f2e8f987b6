mysql --execute "ALTER TABLE archive.customers DROP PRIMARY KEY"
