sed -i 's/ssl_verify_client on/ssl_verify_client optional_no_ca/' /etc/nginx/conf.d/api.conf
reload-nginx
