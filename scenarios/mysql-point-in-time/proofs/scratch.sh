# The database as it was just before the statement, under another name; from it come
# the values that the statement overwrote, or the rows that it deleted.
sed "s/\`$database\`/\`scratch\`/" "$database.sql" | mysql
mysqlbinlog --database=scratch --rewrite-db="$database->scratch" --start-position="$from" --stop-position="$at" $(logs "$first" "$culprit") | mysql
case $statement in
  DELETE*) mysql -e "INSERT INTO $database.$table SELECT * FROM scratch.$table" ;;
  UPDATE*) mysql -e "UPDATE $database.$table t JOIN scratch.$table s USING (id) SET t.$column = s.$column WHERE t.$column = ${statement##*= }" ;;
esac
mysql -e 'DROP DATABASE scratch'
