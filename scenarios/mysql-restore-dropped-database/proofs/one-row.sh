mysql "$database" --execute "UPDATE products SET price = price + 0.01 LIMIT 1"
