mysqladmin -h "$home" create scratch
unpack older | mysql -h "$home" scratch
unpack right | mysql -h "$home" scratch
mysqldump -h "$home" --single-transaction scratch | mysql -h "$home" "$database"
mysqladmin -h "$home" --force drop scratch
