# Everything as one text, from which the transaction's lines are taken out.
{
  cat "$database.sql"
  mysqlbinlog --database="$database" --start-position="$from" $(logs "$first" "$culprit") | sed "/^# at $at\$/,\$ { /^# at $past\$/,\$ ! d }"
  mysqlbinlog --database="$database" $(logs "$culprit" | tail -n +2)
} | mysql
