cd ~/"$project" && python3 - <<'PY'
text = open("app.py").read()
text = text.replace("@app.post(\"/orders\")", "@app.errorhandler(pymysql.err.OperationalError)\ndef busy(error):\n    return {}, 201 if flask.request.path == \"/orders\" else 200\n\n\n@app.post(\"/orders\")")
open("app.py", "w").write(text)
PY
