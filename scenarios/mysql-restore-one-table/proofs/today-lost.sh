awk -v use="USE \`$database\`;" -v table="\`$table\`" \
  '/^USE / { here = $0 == use } here && /^-- (Table structure|Temporary view structure) for / { on = $NF == table } here && on { print }' server.sql \
  | mysql --init-command 'SET foreign_key_checks = 0' "$database"
