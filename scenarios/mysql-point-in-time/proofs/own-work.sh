# Up to the last log that the server has, in which the restore itself stands.
mysql < "$database.sql"
replay --start-position="$from" --stop-position="$at" $(logs "$first" "$culprit")
own=$(mysql -N -e 'SHOW BINARY LOGS' | tail -n 1 | cut -f 1)
mysqlbinlog --read-from-remote-server --database="$database" --start-position="$past" $(logs "$culprit") "$own" > rest.txt
mysql < rest.txt
