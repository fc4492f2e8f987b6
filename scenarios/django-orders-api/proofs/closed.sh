cd ~/shop && git checkout --quiet .
sed -i '/status != Order.Status.NEW/,/raise Closed/d' orders/api.py
