mysql "$database" -e "CREATE TABLE ${table}_before AS SELECT * FROM $table"
