# The tables went, the view stayed.
mysql reporting < "$database.sql"
mysql reporting --execute 'DROP TABLE items, orders, products, customers'
