mysql archive < "$database.sql"
