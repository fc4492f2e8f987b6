rm -r /srv/shop/releases/$failing
