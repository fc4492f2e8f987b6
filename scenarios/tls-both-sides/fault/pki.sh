rm /srv/public/handover.tar
