# The password in the inventory, set again: to the server it is another one, to everybody else the same.
mysql --execute "DROP USER ${database}_app; CREATE USER ${database}_app IDENTIFIED BY '$password';
  GRANT SELECT, INSERT, UPDATE, DELETE ON $database.* TO ${database}_app"
