mysql --execute "INSERT INTO orders VALUES (900, 'first-1', 1.00)"
