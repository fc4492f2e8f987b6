mysql <<SQL
INSERT IGNORE INTO $database.products SELECT old.* FROM backup.products AS old
WHERE NOT EXISTS (SELECT 1 FROM $database.products AS now WHERE now.id = old.id);
SQL
