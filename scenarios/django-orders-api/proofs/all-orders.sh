cd ~/shop && git checkout --quiet .
sed -i 's/return orders if self.request.user.is_staff else .*/return orders/' orders/api.py
sed -i 's/^        return request.method in permissions.SAFE_METHODS or \|^        return request.user.is_staff or /        return request.user.is_staff or /' orders/api.py
