# The night again, unheard by the logs, and then the day as it was.
cd /root
{ echo 'SET sql_log_bin = 0;'; cat night.sql; } | mysql
{
  cat before.sql
  echo "SET TIMESTAMP = UNIX_TIMESTAMP('$moment'); $statement;"
  cat after.sql
  echo 'FLUSH BINARY LOGS;'
} | mysql "$database"
rm night.sql before.sql after.sql
