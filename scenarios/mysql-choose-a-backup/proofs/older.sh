unpack older | mysql -h "$home" "$database"
