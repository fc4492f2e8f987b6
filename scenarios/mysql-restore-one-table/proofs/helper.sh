mysql "$database" --execute "CREATE TABLE ${table}_restored AS SELECT * FROM $table"
