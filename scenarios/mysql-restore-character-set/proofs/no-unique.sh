mysql "$database" --execute "ALTER TABLE members DROP KEY member_card"
