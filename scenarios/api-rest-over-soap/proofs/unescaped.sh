sed -i 's/{escape(str(value))}/{value}/' ~/api/app.py
