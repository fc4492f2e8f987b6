mysql "$database" --execute "ALTER TABLE orders DROP KEY order_day"
