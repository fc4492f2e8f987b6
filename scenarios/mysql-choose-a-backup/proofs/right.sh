unpack right | mysql -h "$home" "$database"
