cd
mysql <<SQL
CREATE DATABASE $database DEFAULT CHARACTER SET = '$charset' DEFAULT COLLATE = '$collation';
USE $database
source $database.sql
SQL
