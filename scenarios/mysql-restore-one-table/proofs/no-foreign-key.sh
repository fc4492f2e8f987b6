mysql "$database" --execute "ALTER TABLE orders DROP FOREIGN KEY order_customer"
