unpack right | mysql -h "$away" "$database"
