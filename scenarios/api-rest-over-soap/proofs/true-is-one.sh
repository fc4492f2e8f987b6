sed -i 's/if type(value) is not kind and/if not isinstance(value, kind) and/' ~/api/app.py
