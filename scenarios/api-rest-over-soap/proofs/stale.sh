cat >> ~/api/app.py <<'PY'

import json
import pathlib


fresh, kept = look, pathlib.Path("/tmp/kept.json")


def look(key):
    """Return what was there the last time if the service has trouble."""
    known = json.loads(kept.read_text()) if kept.exists() else {}
    try:
        known[key] = fresh(key)
        kept.write_text(json.dumps(known))
    except Exception as error:
        if getattr(error, "number", None) == UNKNOWN or key not in known:
            raise
    return known[key]
PY
