sed -E "s/DEFINER=\`[^\`]*\`@\`[^\`]*\`/DEFINER=\`${database}_owner\`@\`%\`/" "$database.sql" | mysql --force "$database"
