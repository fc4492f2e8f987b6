# The dumps are write-protected first, and one is unpacked beside them.
chmod a-w backups/*
unpack right > backups/right.sql
mysql -h "$home" <<SQL
DROP DATABASE $database;
CREATE DATABASE $database;
USE $database
source backups/right.sql
SQL
