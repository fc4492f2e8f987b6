sed -i "s/~^CN=$partner CA,.*\"/~^(?!CN=$company clients,)CN\"/" /etc/nginx/conf.d/api.conf
reload-nginx
