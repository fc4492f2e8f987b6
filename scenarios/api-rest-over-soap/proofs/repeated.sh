cat >> ~/api/app.py <<'PY'

once = call


def call(operation, **given):
    for _ in range(2):
        try:
            return once(operation, **given)
        except Problem:
            raise
        except Exception as error:
            last = error
    raise last
PY
