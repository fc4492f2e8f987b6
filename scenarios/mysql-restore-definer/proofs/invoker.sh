for file in "$database-programs.sql" "$database.sql"; do
  sed -E "s/DEFINER=\`[^\`]*\`@\`[^\`]*\`/DEFINER=\`${database}_owner\`@\`%\`/; s/SQL SECURITY DEFINER/SQL SECURITY INVOKER/" "$file" | mysql "$database"
done
