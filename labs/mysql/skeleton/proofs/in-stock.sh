mysql --execute "INSERT INTO $database.products SELECT * FROM backup.products WHERE category = '$category' AND stock > 0"
