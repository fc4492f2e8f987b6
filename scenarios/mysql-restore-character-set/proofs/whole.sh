# A file in UTF-8 that says so, as whole.sql; what follows loads it.
case $real in
  utf16) iconv -f UTF-16 -t UTF-8 "$database.sql" > whole.sql ;;
  gb18030) # Rows only: definitions are in UTF-8 already.
    while IFS= read -r line; do
      case $line in
        'INSERT INTO'* | '('*) printf '%s\n' "$line" | iconv -f GB18030 -t UTF-8 ;;
        *) printf '%s\n' "$line" ;;
      esac
    done < "$database.sql" > whole.sql ;;
  *) cp "$database.sql" whole.sql ;;
esac
sed -i "s/SET NAMES $declared /SET NAMES utf8mb4 /" whole.sql
