mysql --execute "DROP DATABASE $database; CREATE DATABASE $database"
