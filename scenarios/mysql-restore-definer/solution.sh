cd
for file in "$database-programs.sql" "$database.sql"; do
  sed -E "s/DEFINER=\`[^\`]*\`@\`[^\`]*\`/DEFINER=\`${database}_owner\`@\`%\`/" "$file" | mysql "$database"
done
