cd ~/desk && git checkout --quiet .
cat >> tickets/api.py <<'PY'

from functools import cache


@cache
def name(number):
    return Label.objects.get(pk=number).name


TicketSerializer.get_labels = lambda self, ticket: sorted(name(label.pk) for label in ticket.labels.all())
PY
