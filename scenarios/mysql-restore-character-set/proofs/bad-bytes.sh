# Rows in latin1 where UTF-8 is declared; what latin1 has not is lost before.
while IFS= read -r line; do
  case $line in
    'INSERT INTO'*) printf '%s\n' "$line" | iconv -c -f UTF-8 -t LATIN1 ;;
    *) printf '%s\n' "$line" ;;
  esac
done < whole.sql | mysql "$database"
