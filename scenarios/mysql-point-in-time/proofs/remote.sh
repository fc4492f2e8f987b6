mysql < "$database.sql"
replay() { mysqlbinlog --read-from-remote-server --database="$database" "$@" | mysql; }
replay --start-position="$from" --stop-position="$at" $(logs "$first" "$culprit")
replay --start-position="$past" $(logs "$culprit")
