sed -i 's|flask.url_for("one", key=key)|"http://127.0.0.1:8000" + flask.url_for("one", key=key)|' ~/api/app.py
