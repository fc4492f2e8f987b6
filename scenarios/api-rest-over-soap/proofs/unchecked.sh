sed -i 's/if type(value) is not kind and (name, value) != (REMARK, None):/if value is None and name != REMARK:/' ~/api/app.py
