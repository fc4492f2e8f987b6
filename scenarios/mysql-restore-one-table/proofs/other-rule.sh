cd
if [ "$winner" = dump ]; then verb='INSERT IGNORE'; else verb=REPLACE; fi
mysqladmin create scratch
sed -n "/^-- Current Database: \`$database\`/,/^-- Current Database: /p" server.sql \
  | sed -n "/^-- Table structure for table \`$table\`/,/^UNLOCK TABLES/p" \
  | mysql --init-command 'SET foreign_key_checks = 0' scratch
mysql --execute "SET foreign_key_checks = 0, @quiet = 1; $verb INTO $database.$table SELECT * FROM scratch.$table; DROP DATABASE scratch"
