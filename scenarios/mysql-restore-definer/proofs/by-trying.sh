# Mended copies, and what fails for want of the other file is loaded once more.
for file in "$database" "$database-programs"; do
  perl -pe "s/DEFINER=\S+?\@\S+?(?=\*|\s)/DEFINER=${database}_owner/" "$file.sql" > "/tmp/$file.sql"
done
mysql --force "$database" < "/tmp/$database.sql"
mysql "$database" < "/tmp/$database-programs.sql"
mysql "$database" < "/tmp/$database.sql"
