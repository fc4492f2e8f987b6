# The first error did not stop it the second time.
mysqlbinlog --database="$database" --start-position="$from" --stop-position="$at" $(logs "$first" "$culprit") | mysql --force
mysqlbinlog --database="$database" --start-position="$past" $(logs "$culprit") | mysql --force
