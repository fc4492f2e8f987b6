# The table's old values from the dump, the rest as it stands.
sed "s/\`$database\`/\`scratch\`/" ~/backup/"$database.sql" | mysql
case $statement in
  DELETE*) mysql -e "INSERT INTO $database.$table SELECT * FROM scratch.$table" ;;
  UPDATE*) mysql -e "UPDATE $database.$table t JOIN scratch.$table s USING (id) SET t.$column = s.$column WHERE t.$column = ${statement##*= }" ;;
esac
mysql -e 'DROP DATABASE scratch'
