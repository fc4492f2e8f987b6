# All that the views touch was seen to, and the procedure was not.
cat "$database-programs.sql" "$database.sql" \
  | sed -E "/ PROCEDURE /s/DEFINER=\`[^\`]*\`@\`[^\`]*\`/DEFINER=nobody@'%'/; s/DEFINER=\`[^\`]*\`@\`[^\`]*\`/DEFINER=${database}_owner@'%'/" \
  | mysql "$database"
