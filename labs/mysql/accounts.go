package mysql

// accounts asks for all accounts but the grader's, with their logins, roles and rights.
const accounts = `
SELECT CONCAT("'", user, "'@'", host, "'") AS account,
       CONCAT_WS(' ', 'login', plugin, SHA2(authentication_string, 224), account_locked, password_expired, ssl_type,
         max_questions, max_updates, max_connections, max_user_connections, user_attributes) AS detail
  FROM mysql.user WHERE user <> '` + graderName + `'
 UNION ALL
SELECT grantee, CONCAT_WS(' ', privilege_type, is_grantable)
  FROM information_schema.user_privileges WHERE grantee NOT LIKE '_` + graderName + `_@%'
 UNION ALL
SELECT grantee, CONCAT_WS(' ', privilege_type, 'on', table_schema, is_grantable) FROM information_schema.schema_privileges
 UNION ALL
SELECT grantee, CONCAT_WS(' ', privilege_type, 'on', table_schema, table_name, is_grantable) FROM information_schema.table_privileges
 UNION ALL
SELECT grantee, CONCAT_WS(' ', privilege_type, 'on', table_schema, table_name, column_name, is_grantable)
  FROM information_schema.column_privileges
 UNION ALL
SELECT CONCAT("'", user, "'@'", host, "'"), CONCAT_WS(' ', proc_priv, 'on', db, routine_name) FROM mysql.procs_priv
 UNION ALL
SELECT CONCAT("'", to_user, "'@'", to_host, "'"), CONCAT_WS(' ', 'role', from_user, from_host, with_admin_option) FROM mysql.role_edges
 UNION ALL
SELECT CONCAT("'", user, "'@'", host, "'"), CONCAT_WS(' ', 'role by default', default_role_user, default_role_host) FROM mysql.default_roles
 ORDER BY 1, 2`
