sed -i "s/OU=$unit(/OU=.*$unit(/" /etc/nginx/conf.d/api.conf
reload-nginx
