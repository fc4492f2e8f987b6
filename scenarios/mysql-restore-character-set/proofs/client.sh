chmod a-w "$database.sql"
if [ "$real" = utf16 ]; then charset=utf8mb4; else charset=$real; fi
{ if [ "$real" = utf16 ]; then iconv -f UTF-16LE -t UTF-8 "$database.sql"; else cat "$database.sql"; fi; } \
  | LC_ALL=C sed '1s/^\xef\xbb\xbf//; /^\/\*!.*SET NAMES /d' | mysql --default-character-set="$charset" "$database"
