if [ "$real" = utf16 ]; then
  iconv -f UTF-16 -t UTF-8 "$database.sql" > mended.sql
else
  cp "$database.sql" mended.sql
  LC_ALL=C sed -i "s/SET NAMES $declared /SET NAMES $real /" mended.sql
fi
mysql "$database" --execute 'source mended.sql'
