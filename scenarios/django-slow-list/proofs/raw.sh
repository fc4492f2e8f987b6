cd ~/desk && git checkout --quiet .
sed -i 's/^from rest_framework/from django.db.models.expressions import RawSQL\nfrom rest_framework/
s/Q(title__icontains=wanted\["search"\])/Q(pk__in=RawSQL("SELECT id FROM ticket WHERE title LIKE '"'%%\" + wanted[\"search\"] + \"%%'"'", []))/' tickets/api.py
