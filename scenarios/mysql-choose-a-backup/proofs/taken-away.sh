# Each server has a database of its own beside the others.
mysql -h db1 --execute "ALTER TABLE archive.bookings DROP PRIMARY KEY"
mysql -h db2 --execute "ALTER TABLE reporting.payments DROP PRIMARY KEY"
