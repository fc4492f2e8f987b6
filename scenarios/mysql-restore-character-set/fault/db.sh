mysql "$database" --execute "DROP TABLE posts, members"
