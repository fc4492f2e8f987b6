openssl req -x509 -newkey rsa:2048 -noenc -keyout /etc/nginx/tls/api.key -out /etc/nginx/tls/api.crt -days 90 -subj "/CN=$name" -addext "subjectAltName=DNS:$name"
reload-nginx
