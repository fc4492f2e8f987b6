mysql < "$database.sql"
mysqlbinlog --start-position="$from" --stop-position="$at" $(logs "$first" "$culprit") | mysql --force
mysqlbinlog --start-position="$past" $(logs "$culprit") | mysql --force
