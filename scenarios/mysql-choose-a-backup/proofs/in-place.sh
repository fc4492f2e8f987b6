cd backups
paste <(echo "$roles") <(echo "$names") | while read -r role name; do
  if [ "$role" = right ]; then "$packer" --decompress --rm "$database-$name".sql.* 2> /dev/null || gunzip "$database-$name.sql.gz"; mysql -h "$home" "$database" < "$database-$name.sql"; fi
done
