chmod a-w server.sql
if [ "$winner" = dump ]; then verb=REPLACE; else verb='INSERT IGNORE'; fi
awk -v use="USE \`$database\`;" -v table="INSERT INTO \`$table\` " \
  '/^USE / { here = $0 == use } here && index($0, "INSERT INTO ") == 1 { on = index($0, table) == 1 } on { print } /;$/ { on = 0 }' server.sql \
  | sed "s/^INSERT INTO/$verb INTO/" \
  | mysql --init-command 'SET foreign_key_checks = 0, @quiet = 1' "$database"
