cp --preserve=mode /srv/shop/backups/settings.env /srv/shop/shared/
