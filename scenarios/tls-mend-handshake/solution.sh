cd ~/ca
for site in "$first" "$second" "$busy" "$front"; do
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout "$site.key" -subj "/CN=$site" -addext "subjectAltName=DNS:$site" -out "$site.csr"
  openssl x509 -req -in "$site.csr" -CA issuing.crt -CAkey issuing.key -days 90 -copy_extensions copy -out "$site.crt"
  cat "$site.crt" issuing.crt > "$site.chain"
done
for site in "$first" "$second" "$busy"; do
  cp "$site.chain" "/etc/nginx/tls/$site.crt"
  cp "$site.key" "/etc/nginx/tls/$site.key"
done
cp "$front.chain" "/etc/nginx/front/$front.crt"
cp "$front.key" "/etc/nginx/front/$front.key"
sed -i 's/ssl_protocols .*/ssl_protocols TLSv1.2 TLSv1.3;/' /etc/nginx/front.conf
nginx -t -c /etc/nginx/front.conf && sv restart front
reload-nginx # nginx -t && nginx -s reload, and waits for the old workers
