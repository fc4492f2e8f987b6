# Does the damage, after the facts have been measured. Params are shell variables.
mysql --execute "DELETE FROM $database.products WHERE category = '$category'"
