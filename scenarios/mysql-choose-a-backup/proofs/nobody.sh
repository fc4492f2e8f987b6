unpack right | sed '/TRIGGER/ s/DEFINER=`[^`]*`@`[^`]*`/DEFINER=`deploy`@`localhost`/' | mysql -h "$home" "$database"
