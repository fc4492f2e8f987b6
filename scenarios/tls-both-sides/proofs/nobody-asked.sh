sed -i 's/ssl_verify_client .*/ssl_verify_client off;/; s/\$may = 0/$may = 2/' /etc/nginx/conf.d/api.conf
reload-nginx
