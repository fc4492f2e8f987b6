cd /home/learner
charset=$real
[ "$real" != utf16 ] || charset=utf8mb4
mysqldump --defaults-file=.my.cnf --single-transaction --skip-dump-date --default-character-set="$charset" "$database" \
  | LC_ALL=C sed "s/SET NAMES $charset /SET NAMES $declared /" > "$database.sql"
if [ "$real" = utf16 ]; then
  { printf '\xff\xfe'; sed 's/$/\r/' "$database.sql" | iconv -f UTF-8 -t UTF-16LE; } > file
  mv file "$database.sql"
fi
{
  mysql --defaults-file=.my.cnf "$database" -t -e "SELECT id, card, city FROM members WHERE MOD(id, 23) = 5 ORDER BY id LIMIT 12"
  mysql --defaults-file=.my.cnf "$database" -E -e "SELECT id, mood, body FROM posts WHERE MOD(id, 31) = 6 ORDER BY id LIMIT 8"
} > sample.txt
chown learner: "$database.sql" sample.txt
