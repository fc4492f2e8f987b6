mysql <<SQL
CREATE DATABASE \`$database\`;
CREATE DATABASE books;
CREATE TABLE books.entries (id INT PRIMARY KEY, booked DATE NOT NULL, amount DECIMAL(9, 2) NOT NULL);
INSERT INTO books.entries VALUES (1, '2026-01-05', 1250.00), (2, '2026-01-09', -310.40), (3, '2026-01-12', 88.05);
SQL
