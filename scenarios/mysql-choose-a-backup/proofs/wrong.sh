unpack wrong | mysql -h "$home" "$database"
