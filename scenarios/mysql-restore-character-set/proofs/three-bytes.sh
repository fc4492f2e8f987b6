sed 's/SET NAMES utf8mb4 /SET NAMES utf8mb3 /' whole.sql | mysql "$database"
