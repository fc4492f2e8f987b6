mysql < "$database.sql"
replay --start-position="$from" $(logs "$first")
