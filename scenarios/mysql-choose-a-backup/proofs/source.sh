unpack right > /tmp/right.sql
mysql -h "$home" <<SQL
DROP DATABASE $database;
CREATE DATABASE $database;
USE $database
source /tmp/right.sql
SQL
