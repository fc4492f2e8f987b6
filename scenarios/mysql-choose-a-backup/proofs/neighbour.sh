if [ "$home" = db1 ]; then neighbour=archive; else neighbour=reporting; fi
unpack right | mysql -h "$home" "$neighbour"
