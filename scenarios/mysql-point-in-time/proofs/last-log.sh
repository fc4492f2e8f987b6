mysql < "$database.sql"
replay --start-position="$from" --stop-position="$at" $(logs "$first" "$culprit")
replay --start-position="$past" $(logs "$culprit" | head -n -1)
