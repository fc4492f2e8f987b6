cp /srv/site/$new.html /srv/site/$old.html
