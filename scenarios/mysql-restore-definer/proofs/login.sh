# Whoever loads it owns it: so the owner loads it, and is locked again.
mysql --execute "ALTER USER ${database}_owner@'%' IDENTIFIED BY 'for now' ACCOUNT UNLOCK"
cat "$database-programs.sql" "$database.sql" | sed -E 's/DEFINER=`[^`]*`@`[^`]*`//' \
  | MYSQL_PWD='for now' mysql --no-defaults --host db --user "${database}_owner" "$database"
mysql --execute "ALTER USER ${database}_owner@'%' ACCOUNT LOCK"
