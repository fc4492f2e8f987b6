cd ~/shop && git checkout --quiet .
sed -i 's/return orders if self.request.user.is_staff else .*/return orders if self.request.user.is_staff or self.detail else orders.filter(customer=self.request.user)/' orders/api.py
cat >> orders/api.py <<'PY'


def get_object(self):
    order = viewsets.GenericViewSet.get_object(self)
    if not self.request.user.is_staff and order.customer_id != self.request.user.id:
        self.permission_denied(self.request)
    return order


OrderViewSet.get_object = get_object
PY
