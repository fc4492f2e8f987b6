mysql < "$database.sql"
mysqlbinlog --database="$database" --stop-position="$at" $(logs '' "$culprit") | mysql --force
replay --start-position="$past" $(logs "$culprit")
