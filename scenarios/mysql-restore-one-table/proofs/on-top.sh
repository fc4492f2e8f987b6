# Without the trigger's own switch: dropped, and made again from the dump.
if [ "$winner" = dump ]; then verb='--insert-ignore'; else verb='--replace'; fi
next=$(mysql -N -e "SHOW CREATE TABLE $database.$table" | grep -o 'AUTO_INCREMENT=[0-9]*')
mysqldump --no-create-info --skip-triggers --no-tablespaces "$verb" "$database" "$table" > today.sql
awk -v use="USE \`$database\`;" -v table="\`$table\`" \
  '/^USE / { here = $0 == use } here && /^-- (Table structure|Temporary view structure) for / { on = $NF == table } here && on { print }' server.sql > night.sql
grep -v TRIGGER night.sql | sed '/UNLOCK TABLES/q' | mysql --init-command 'SET foreign_key_checks = 0' "$database"
mysql --init-command 'SET foreign_key_checks = 0' "$database" < today.sql
sed '1,/UNLOCK TABLES/d' night.sql | mysql "$database"
mysql "$database" -e "ALTER TABLE $table $next"
