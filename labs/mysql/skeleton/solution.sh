# Proofs run in the workspace, as the learner, in their home folder.
mysql --execute "INSERT INTO $database.products SELECT * FROM backup.products WHERE category = '$category'"
