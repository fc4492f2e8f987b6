mysql < ~/backup/"$database.sql"
