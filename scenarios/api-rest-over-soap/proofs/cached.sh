sed -i 's/^def every():/@functools.lru_cache\ndef every():/' ~/api/app.py
