for site in "$first" "$second" "$busy"; do
  openssl req -x509 -newkey rsa:2048 -noenc -keyout "/etc/nginx/tls/$site.key" -out "/etc/nginx/tls/$site.crt" -days 90 -subj "/CN=$site" -addext "subjectAltName=DNS:$site"
done
reload-nginx
openssl req -x509 -newkey rsa:2048 -noenc -keyout "/etc/nginx/front/$front.key" -out "/etc/nginx/front/$front.crt" -days 90 -subj "/CN=$front" -addext "subjectAltName=DNS:$front"
sv restart front
