sed -i '/^@app.before_request/d' ~/api/app.py
