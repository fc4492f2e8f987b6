mysql < "$database.sql"
late=$(mysqlbinlog "$first" | awk -v from="$from" '/^# at / { here = $3 } /\tAnonymous_GTID\t/ && here + 0 > from + 0 { print here; exit }')
replay --start-position="$late" --stop-position="$at" $(logs "$first" "$culprit")
replay --start-position="$past" $(logs "$culprit")
