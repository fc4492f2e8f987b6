sed "s/$collation/utf8mb4_0900_ai_ci/g" whole.sql | mysql --force "$database"
