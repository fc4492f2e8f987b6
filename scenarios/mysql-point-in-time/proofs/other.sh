# The greatest transaction but one.
other=$(for log in binlog.*; do
  mysqlbinlog --verbose --base64-output=decode-rows "$log" | awk -v log_="$log" '
    /^# at / { here = $3 }
    /\tAnonymous_GTID\t/ { begin = here; rows = 0 }
    /^### (UPDATE|DELETE FROM)/ { rows++ }
    /\tXid = / { match($0, /end_log_pos [0-9]+/); print rows + 0, log_, begin, substr($0, RSTART + 12, RLENGTH - 12) }'
done | sort --numeric-sort | tail -n 2 | head -n 1)
read -r rows culprit at past <<< "$other"
mysql < "$database.sql"
replay --start-position="$from" --stop-position="$at" $(logs "$first" "$culprit")
replay --start-position="$past" $(logs "$culprit")
