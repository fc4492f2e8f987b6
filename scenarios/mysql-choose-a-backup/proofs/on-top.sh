unpack older | mysql -h "$home" "$database"
unpack right | sed '/^DROP TABLE/d; s/^INSERT INTO/INSERT IGNORE INTO/' | mysql -h "$home" --force "$database"
