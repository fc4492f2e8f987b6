mysql "$database" --execute "ALTER TABLE $table AUTO_INCREMENT = 1"
