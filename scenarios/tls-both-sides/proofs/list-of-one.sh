cd ~/ca
# A list of only the laptop, from an index of its own.
grep "^R.*OU=$unit/CN=$lost$" clients/index.txt > one.txt
sed "s#^database = .*#database = $PWD/one.txt#" openssl.cnf > one.cnf
openssl ca -config one.cnf -name clients -gencrl -out clients.crl
cat root.crl clients.crl partners.crl ~/partner/partner.crl > /etc/nginx/tls/all.crl
sed -i 's/named\.py/serve.py/' /etc/sv/orders/run
sv restart orders
until (: < /dev/tcp/127.0.0.1/8443) 2> /dev/null; do sleep 0.1; done
