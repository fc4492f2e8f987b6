cd ~/shop && git checkout --quiet .
sed -i 's/            if name not in data:.*/            if name not in data and not self.root.partial:/
s/for line in lines:/for line in lines:\n            line = {"product": Product.objects.first(), "quantity": 1, **line}/' orders/api.py
