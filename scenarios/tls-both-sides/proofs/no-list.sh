sed -i '/ssl_crl/d' /etc/nginx/conf.d/api.conf
reload-nginx
