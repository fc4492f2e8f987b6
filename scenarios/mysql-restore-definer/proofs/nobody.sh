# Only what stands as it does in routines and views was looked for: triggers and
# events write their owner in a comment of another kind.
cat "$database-programs.sql" "$database.sql" \
  | sed -E "/^CREATE DEFINER|^\/\*!50013/s/DEFINER=\`[^\`]*\`@\`[^\`]*\`/DEFINER=${database}_owner@'%'/; s/DEFINER=\`[^\`]*\`@\`[^\`]*\`/DEFINER=nobody@'%'/" \
  | mysql "$database"
