cd ~/desk && git checkout --quiet .
sed -i 's/Label.objects.order_by("name")/Label.objects.order_by("-name")/' tickets/api.py
