sed -i 's/shown(record) for record in found/look(record[KEY]) for record in found/' ~/api/app.py
