unpack cut | mysql -h "$home" "$database"
