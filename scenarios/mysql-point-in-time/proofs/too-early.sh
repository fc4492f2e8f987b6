mysql < "$database.sql"
eve=$(mysqlbinlog "$culprit" | awk -v at="$at" '/^# at / { here = $3 } /\tAnonymous_GTID\t/ && here + 0 < at + 0 { eve = here } END { print eve }')
replay --start-position="$from" --stop-position="$eve" $(logs "$first" "$culprit")
replay --start-position="$past" $(logs "$culprit")
