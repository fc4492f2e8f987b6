mysql "$database" < whole.sql
