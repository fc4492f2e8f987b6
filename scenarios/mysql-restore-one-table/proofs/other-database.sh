mysqladmin create scratch
sed -n "/^-- Table structure for table \`$table\`/,/^UNLOCK TABLES/p; /^UNLOCK TABLES/q" server.sql \
  | mysql --init-command 'SET foreign_key_checks = 0' scratch
mysql --execute "SET foreign_key_checks = 0, @quiet = 1; INSERT IGNORE INTO $database.$table SELECT * FROM scratch.$table; DROP DATABASE scratch"
