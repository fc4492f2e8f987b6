# What was restored wrongly goes, and it is as it was.
mysql --execute "DROP DATABASE IF EXISTS $database"
