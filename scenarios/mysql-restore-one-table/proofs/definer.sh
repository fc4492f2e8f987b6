# The application's account may not run triggers: it can't add a row any more.
mysqldump --no-data --no-create-info "$database" "$table" | sed "s/DEFINER=\`[^\`]*\`@\`[^\`]*\`/DEFINER=\`${database}_app\`@\`%\`/" > triggers.sql
mysql "$database" --execute "DROP TRIGGER ${table}_added; DROP TRIGGER ${table}_changed"
mysql "$database" < triggers.sql
