# A copy without keys, so that nothing clashes.
mysqladmin create scratch
sed -n "/^-- Current Database: \`$database\`/,/^-- Current Database: /p" server.sql \
  | sed -n "/^-- Table structure for table \`$table\`/,/^UNLOCK TABLES/p" \
  | mysql --init-command 'SET foreign_key_checks = 0' scratch
mysql "$database" --execute "SET foreign_key_checks = 0; CREATE TABLE whole AS SELECT * FROM $table UNION ALL SELECT * FROM scratch.$table;
  DROP TABLE $table; RENAME TABLE whole TO $table"
