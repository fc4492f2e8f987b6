cd ~/desk && git checkout --quiet .
cat >> tickets/api.py <<'PY'

from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_page
from django.views.decorators.vary import vary_on_headers

TicketViewSet = method_decorator([cache_page(300), vary_on_headers("Authorization")], name="list")(TicketViewSet)
PY
