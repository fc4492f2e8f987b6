cd ~/shop && git checkout --quiet .
sed -i 's/).distinct()/)/' orders/api.py
