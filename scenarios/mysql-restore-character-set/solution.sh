cd
if [ "$real" = utf16 ]; then
  iconv -f UTF-16 -t UTF-8 "$database.sql" | mysql "$database"
else
  LC_ALL=C sed "s/SET NAMES $declared /SET NAMES $real /" "$database.sql" | mysql "$database"
fi
