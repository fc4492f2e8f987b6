# The two files, as if their programs were those of the other server's accounts.
cd /home/learner
dump() { mysqldump --defaults-file=.my.cnf --single-transaction --skip-dump-date "$@"; }
dump "$database" | sed "s/\`${database}_owner\`@\`%\`/$first/" > "$database.sql"
dump --routines --events --no-data --no-create-info --skip-triggers "$database" \
  | sed "s/\`${database}_owner\`@\`%\`/$second/" > "$database-programs.sql"
{
  printf '%-18s %s\n' ACCOUNT 'WHAT IT IS FOR' "${database}_app" "the application logs in with it; password $password" \
    "${database}_owner" 'owns what runs with its owner'\''s rights; nobody logs in with it' \
    "${database}_report" 'reads everything in the database, changes nothing'
} > accounts.txt
chown learner: ./*.sql accounts.txt
