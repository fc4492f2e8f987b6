# Views stand behind a comment of their own.
cat "$database-programs.sql" "$database.sql" \
  | sed -E "/^\/\*!50013/s/DEFINER=\S*/DEFINER=${database}_report@'%'/; /^\/\*!50013/!s/DEFINER=\`[^\`]*\`@\`[^\`]*\`/DEFINER=${database}_owner@'%'/" \
  | mysql "$database"
