# The triggers work again, but there is an account more.
mysql --execute "CREATE USER keeper ACCOUNT LOCK; GRANT TRIGGER, SELECT ON $database.$table TO keeper; GRANT INSERT ON $database.changes TO keeper"
sed -i 's/DEFINER=`[^`]*`@`[^`]*`/DEFINER=`keeper`@`%`/' triggers.sql
mysql "$database" --execute "DROP TRIGGER ${table}_added; DROP TRIGGER ${table}_changed"
mysql "$database" < triggers.sql
