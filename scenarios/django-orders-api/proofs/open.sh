cd ~/shop && git checkout --quiet .
sed -i 's/class OwnerChanges(permissions.IsAuthenticated)/class OwnerChanges(permissions.AllowAny)/
s/else orders.filter(customer=self.request.user)/else orders.filter(customer=self.request.user.id)/' orders/api.py
