touch /srv/load/handed-over
