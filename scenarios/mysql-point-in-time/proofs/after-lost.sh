mysql < "$database.sql"
replay --start-position="$from" --stop-position="$at" $(logs "$first" "$culprit")
