for file in "$database-programs.sql" "$database.sql"; do
  sed -E "s/DEFINER=\`[^\`]*\`@\`[^\`]*\`/DEFINER=\`${database}_app\`@\`%\`/" "$file" | mysql "$database"
done
