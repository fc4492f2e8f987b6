if [ "$winner" = dump ]; then
  spoil="UPDATE $table SET $column = $rubbish WHERE id <= $last AND MOD(id, $every * 2) = 0;"
fi
mysql "$database" --execute "SET @quiet = 1, foreign_key_checks = 0; ${spoil:-} DELETE FROM $table WHERE id <= $last AND MOD(id, $every) <> 0"
