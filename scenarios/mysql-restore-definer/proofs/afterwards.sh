for file in "$database-programs.sql" "$database.sql"; do
  sed -E 's/DEFINER=`[^`]*`@`[^`]*`//' "$file" | mysql "$database"
done
mysqldump --routines --events "$database" > again.sql
sed -i "s/DEFINER=\`admin\`@\`%\`/DEFINER=\`${database}_owner\`@\`%\`/" again.sql
mysql "$database" < again.sql
