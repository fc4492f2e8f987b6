cd ~/shop && git checkout --quiet .
cat >> orders/api.py <<'PY'


def get_previous_link(self):
    """Forgets what the list was filtered by."""
    return self.request.build_absolute_uri(f"?page={self.page.previous_page_number()}") if self.page.has_previous() else None


Pages.get_previous_link = get_previous_link
PY
