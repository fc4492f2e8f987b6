source=$PWD
cd /home/learner
# Two servers: neither is the one that is meant if none is said.
sed -i '/^host = /d; s/^prompt = .*/prompt = "\\\\h \\\\d> "/' .my.cnf
on() { mysql --defaults-file=.my.cnf --host "$@"; }
# The job runs on the server itself, so a dump does not tell which one that was.
dump() {
  mysqldump --defaults-file=.my.cnf --host "$1" --single-transaction --skip-dump-date "$2" \
    | sed "1,5s/^-- Host: [^ ]*/-- Host: localhost/; s/^-- Dump completed\$/& on $3/"
}
RANDOM=$((seed % 32768))

# The school has members, bookings and payments too: made-up ones.
on "$school" --execute "CREATE DATABASE ${database}_training"
on "$school" "${database}_training" < "$source/schema.sql"
sed 's/@mail.example/@training.example/' "$source/rows.sql" | on "$school" "${database}_training"
on "$school" "${database}_training" --execute "
  DELETE FROM payments WHERE booking_id % 5 = 2; DELETE FROM bookings WHERE id % 5 = 2;
  UPDATE members SET name = CONCAT('Training ', id), email = CONCAT('training', id, '@mail.example'); UPDATE payments SET amount = amount + 1"

# A dump of each night, from the newest back to the oldest.
on "$home" "$database" < "$source/schema.sql"
on "$home" "$database" < "$source/rows.sql"
mkdir "$source/dumps" backups
day=2026-01-14
for role in $roles; do
  moment="$day  2:1$((RANDOM % 10)):$((RANDOM % 50 + 10))"
  case $role in
    wrong) dump "$school" "${database}_training" "$moment" ;;
    *) dump "$home" "$database" "$moment" ;;
  esac > "$source/dumps/$role"
  day=$(date --date "$day - 1 day" +%F)
  on "$home" "$database" --execute "
    DELETE FROM payments WHERE paid >= '$day'; DELETE FROM bookings WHERE made >= '$day'; DELETE FROM members WHERE since >= '$day';
    UPDATE bookings SET seats = MOD(seats, 6) + 1 WHERE MOD(id, 40) = DAY('$day'); UPDATE members SET city = 'Cork' WHERE MOD(id, 50) = DAY('$day')"
done
cd "$source/dumps"

# Payments stand amid a dump: half of them are left of the one cut off, and of the
# broken one some have other figures.
if [ "$cut" = dump ]; then
  head --bytes $(($(sed '/^INSERT INTO `payments`/q' cut | wc --bytes) - bookings * 18)) cut > half
  mv half cut
fi
sed -E '/^INSERT INTO `payments`/s/\(([1-4][0-9][37],[^)]*)\.([0-9])([0-9])\)/(\1.\3\2)/g' broken > spoiled

pack() { "$packer" --stdout < "$1"; }
ending=gz
trailer=8
if [ "$packer" = zstd ]; then ending=zst trailer=4; fi
paste <(echo "$roles") <(echo "$names") > list
while read -r role name; do
  file=/home/learner/backups/$database-$name.sql.$ending
  pack "$role" > "$file"
  case $role-$cut-$broken in
    cut-file-*) truncate --size $(($(stat --format %s "$file") * 7 / 10)) "$file" ;;
    # The sum at the end is that of other rows.
    broken-*-inside) { pack spoiled | head --bytes -$trailer; tail --bytes $trailer "$file"; } > packed && mv packed "$file" ;;
  esac
done < list
cd /home/learner/backups
sha256sum -- *.sql.* > SHA256SUMS
while read -r role name; do
  file=$database-$name.sql.$ending
  if [ "$role-$broken" = broken-beside ]; then pack "$source/dumps/spoiled" > "$file"; fi
  touch --date "2026-01-14 08:$((RANDOM % 50 + 10)):$((RANDOM % 50 + 10))" "$file"
done < "$source/dumps/list"
cat > README <<END
The dumps of $database, five nights, fetched from the archive this morning.

A job on the server calls mysqldump at a quarter past two and packs what comes.
Five nights are kept; then the oldest gives way to the newest.
SHA256SUMS is written by the job when it is through with a file, whatever came of it.
END
touch --date '2026-01-14 08:05' README SHA256SUMS
cp "$source/servers.txt" ..
chown -R learner: . ../servers.txt

# What is right is what the newest whole dump holds.
on() { mysql --defaults-file=/home/learner/.my.cnf --host "$@"; }
on "$home" "$database" < "$source/dumps/right"
