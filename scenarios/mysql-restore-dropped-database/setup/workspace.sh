# Last night's dump, and the inventory.
cd /home/learner
mysqldump --defaults-file=.my.cnf --single-transaction --skip-dump-date "$database" > "$database.sql"
{
  printf '%-12s %-14s %-26s %s\n' DATABASE 'CHARACTER SET' COLLATION APPLICATION
  printf '%-12s %-14s %-26s %s\n' \
    archive utf8mb4 utf8mb4_0900_ai_ci '(none)' \
    reporting latin1 latin1_swedish_ci '(none)' \
    "$database" "$charset" "$collation" "${database}_app, password $password"
} > inventory.txt
chown learner: "$database.sql" inventory.txt
