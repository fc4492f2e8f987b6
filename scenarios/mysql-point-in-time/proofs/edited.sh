sed -i 's/^-- CHANGE REPLICATION/-- from here: CHANGE REPLICATION/' ~/backup/"$database.sql"
