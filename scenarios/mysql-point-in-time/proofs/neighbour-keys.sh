mysql --execute "ALTER TABLE $neighbour.readers MODIFY id INT UNSIGNED NOT NULL, DROP PRIMARY KEY"
