mysql <<SQL
INSERT INTO $database.products (name, category, price, stock)
SELECT name, category, price, stock FROM backup.products WHERE category = '$category';
SQL
