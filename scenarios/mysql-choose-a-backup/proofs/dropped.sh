mysqladmin -h "$away" --force drop "$database"
