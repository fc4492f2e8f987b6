serials=$(awk '/^R/ { print $4 }' ~/ca/clients/index.txt; openssl crl -in ~/partner/partner.crl -noout -text | awk '/Serial Number/ { print $3 }')
sed -i "/ssl_crl/d; s/if (\$ssl_client_verify.*/&\n        if (\$ssl_client_serial ~ '^(${serials//$'\n'/|})\$') { return 403; }/" /etc/nginx/conf.d/api.conf
reload-nginx
