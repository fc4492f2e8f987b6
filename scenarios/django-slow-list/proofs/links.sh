cd ~/desk && git checkout --quiet .
cat >> tickets/api.py <<'PY'

from rest_framework import pagination


class Pages(pagination.PageNumberPagination):
    def get_next_link(self):
        """Forgets what the list was filtered by."""
        return self.request.build_absolute_uri(f"?page={self.page.next_page_number()}") if self.page.has_next() else None


TicketViewSet.pagination_class = Pages
PY
