sed -i 's/not carried(value)/False/' ~/api/app.py
