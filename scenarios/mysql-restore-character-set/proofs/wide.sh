mysql "$database" --execute "ALTER TABLE members MODIFY card VARCHAR(120) NOT NULL COMMENT 'number and name, as printed'"
