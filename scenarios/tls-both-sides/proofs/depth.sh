sed -i '/ssl_verify_depth/d' /etc/nginx/conf.d/api.conf
reload-nginx
