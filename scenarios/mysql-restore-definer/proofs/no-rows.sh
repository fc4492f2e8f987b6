for file in "$database-programs.sql" "$database.sql"; do
  sed -E "/^INSERT INTO/,/;\$/d; s/DEFINER=\`[^\`]*\`@\`[^\`]*\`/DEFINER=\`${database}_owner\`@\`%\`/" "$file" | mysql "$database"
done
