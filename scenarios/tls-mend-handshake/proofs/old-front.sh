sed -i 's/ssl_protocols .*/ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers DEFAULT:@SECLEVEL=0;/' /etc/nginx/front.conf
sv hup front
# runit has sent the signal; nginx takes its configuration a moment later.
until openssl s_client -connect localhost:8444 -tls1_1 -cipher DEFAULT@SECLEVEL=0 </dev/null 2>/dev/null | grep --quiet TLSv1.1; do sleep 0.1; done
