sed -i 's#ssl_verify_client .*#ssl_verify_client on; ssl_crl /home/learner/ca/clients.crl;#' /etc/nginx/conf.d/api.conf
reload-nginx
