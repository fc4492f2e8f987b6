cd ~/shop && git checkout --quiet .
sed -i 's/return request.method != "POST" or super/return super/' orders/api.py
