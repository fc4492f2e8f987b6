rm -r /srv/right
