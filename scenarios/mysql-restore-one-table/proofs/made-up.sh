# As many rows as there were, but of nobody.
mysql "$database" --execute "SET @quiet = 1, foreign_key_checks = 0, sql_mode = '', cte_max_recursion_depth = 2000;
  INSERT IGNORE INTO $table (id, $others, $column)
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $last)
  SELECT i, $(sed 's/[a-z_]\+/i/g' <<< "$others"), i FROM n"
