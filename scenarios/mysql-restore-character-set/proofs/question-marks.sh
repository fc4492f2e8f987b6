mysql "$database" < whole.sql
mysqldump --default-character-set=latin1 "$database" > lossy.sql
mysql "$database" < lossy.sql
