-- The grader's own account. It is reached from inside this host alone, gets its
-- password before a lab is built, and can't be altered by the administrator, who
-- lacks SYSTEM_USER.
CREATE USER endstate@127.0.0.1;
GRANT ALL PRIVILEGES ON *.* TO endstate@127.0.0.1 WITH GRANT OPTION;

-- The administrator, as whom the learner works: everything a database's owner
-- needs, nothing that reaches the server's own tables, files or settings. To replay a
-- binary log, REPLICATION_APPLIER is enough: each row is then changed with the rights of
-- who replays it. BINLOG_ADMIN would change any row of any table, mysql.user included.
CREATE USER admin@'%' IDENTIFIED BY 'admin';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE TEMPORARY TABLES, LOCK TABLES,
  CREATE VIEW, SHOW VIEW, TRIGGER, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, EVENT, SHOW DATABASES, PROCESS, RELOAD,
  REPLICATION CLIENT, REPLICATION SLAVE, CREATE USER, CREATE ROLE, DROP ROLE ON *.* TO admin@'%' WITH GRANT OPTION;
GRANT SET_ANY_DEFINER, ALLOW_NONEXISTENT_DEFINER, SESSION_VARIABLES_ADMIN, SHOW_ROUTINE, FLUSH_TABLES, REPLICATION_APPLIER,
  BACKUP_ADMIN, ROLE_ADMIN, CONNECTION_ADMIN ON *.* TO admin@'%';
REVOKE INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, TRIGGER, CREATE VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, LOCK TABLES
  ON mysql.* FROM admin@'%';
REVOKE INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, TRIGGER, CREATE VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, LOCK TABLES
  ON sys.* FROM admin@'%';
