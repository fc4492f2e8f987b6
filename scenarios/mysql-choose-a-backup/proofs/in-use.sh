if [ "$away" = db1 ]; then neighbour=archive; else neighbour=reporting; fi
unpack right | mysql -h "$away" "$neighbour"
