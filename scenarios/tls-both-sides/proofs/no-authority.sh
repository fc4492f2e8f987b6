cd ~/ca
openssl ca -batch -config openssl.cnf -name partners -notext -in ~/partner/partner.csr -out ~/partner/partner.crt
