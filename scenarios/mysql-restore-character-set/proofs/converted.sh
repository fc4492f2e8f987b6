LC_ALL=C sed -i "s/SET NAMES $declared /SET NAMES $real /; 1s/^/-- checked\n/" "$database.sql"
