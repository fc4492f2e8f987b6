cd ~/shop && git checkout --quiet .
cat >> orders/api.py <<'PY'


PostThrottle.get_cache_key = lambda self, request, view: "posts"
PY
