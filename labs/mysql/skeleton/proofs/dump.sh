mysqldump --no-create-info --where "category = '$category'" backup products | mysql "$database"
