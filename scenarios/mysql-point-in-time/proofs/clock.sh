second=${moment%.*}
mysql < "$database.sql"
replay --start-position="$from" --stop-datetime="$second" $(logs "$first" "$culprit")
replay --start-datetime="$(date --date "$second 1 second" '+%F %T')" $(logs "$culprit")
