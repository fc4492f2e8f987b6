sed 's/SET NAMES utf8mb4 /SET NAMES latin1 /' whole.sql | mysql "$database"
