cd ~/shop && git checkout --quiet .
sed -i 's/.order_by("-created", "-id")/.order_by("-created", "id")/' orders/api.py
