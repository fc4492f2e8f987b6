sed -i '/another client was faster$/d' ~/api/app.py
