mysql "$database" --execute "DROP EVENT forget_audit; CREATE DEFINER=${database}_owner@'%' EVENT forget_audit
  ON SCHEDULE EVERY 1 DAY DO DELETE FROM audit WHERE at < NOW() - INTERVAL 10 YEAR"
