cd ~/"$project" && python3 sql.py "CREATE INDEX by_customer ON orders (customer, returned)"
