mysql --execute 'ALTER TABLE orders DROP KEY by_customer'
