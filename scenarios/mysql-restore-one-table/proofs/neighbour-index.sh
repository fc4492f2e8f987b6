mysql archive --execute "CREATE INDEX for_comparing ON $table (id, $column)"
