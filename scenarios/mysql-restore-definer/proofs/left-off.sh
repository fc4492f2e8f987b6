for file in "$database-programs.sql" "$database.sql"; do
  sed -E 's/DEFINER=`[^`]*`@`[^`]*`//' "$file" | mysql "$database"
done
