mysqldump --no-data --no-create-info "$database" "$table" | sed 's/DEFINER=`[^`]*`@`[^`]*`/DEFINER=`deploy`@`localhost`/' > triggers.sql
mysql "$database" --execute "DROP TRIGGER ${table}_added; DROP TRIGGER ${table}_changed"
mysql "$database" < triggers.sql
