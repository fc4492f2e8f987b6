# Which files stand every test, and when they were done.
cd ~/backups
for file in "$database"-*.sql.*; do
  grep " $file\$" SHA256SUMS | sha256sum --check --status || continue
  "$packer" --decompress --stdout "$file" > /tmp/dump.sql || continue
  grep --quiet "^-- Host: .* Database: $database\$" <(head /tmp/dump.sql) || continue
  tail --lines 1 /tmp/dump.sql | sed --quiet "s/^-- Dump completed on /$file /p"
done | sort --key 2 | tail --lines 1 > /tmp/newest
read -r file _ < /tmp/newest
# The last change that took place in servers.txt says where it belongs.
"$packer" --decompress --stdout "$file" | mysql -h "$home" "$database"
