cd ~/backup
# Where the dump ends: a log, and a position in it.
read -r first from < <(sed -n "s/.*SOURCE_LOG_FILE='\(.*\)', SOURCE_LOG_POS=\([0-9]*\);/\1 \2/p" "$database.sql")
# Where the greatest transaction on the table begins and ends: a log, and two positions in it.
read -r rows culprit at past < <(
  for log in binlog.*; do
    mysqlbinlog --verbose --base64-output=decode-rows "$log" | awk -v log_="$log" -v row="^### (UPDATE|DELETE FROM) .$database.\\\\..$table." '
      /^# at / { here = $3 }
      /\tAnonymous_GTID\t/ { begin = here; rows = 0 }
      $0 ~ row { rows++ }
      /\tXid = / { match($0, /end_log_pos [0-9]+/); print rows + 0, log_, begin, substr($0, RSTART + 12, RLENGTH - 12) }'
  done | sort --numeric-sort | tail -n 1)
# The logs from one to another.
logs() { ls binlog.* | awk -v from="$1" -v to="${2:-~}" '$0 >= from && $0 <= to'; }
replay() { mysqlbinlog --database="$database" "$@" | mysql; }
