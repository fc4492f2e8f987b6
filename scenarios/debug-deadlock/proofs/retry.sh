cd ~/"$project" && python3 - <<'PY'
text = open("app.py").read()
text = text.replace("@app.post(\"/orders\")", """def retried(view):
    @functools.wraps(view)
    def again():
        while True:
            try:
                return view()
            except pymysql.err.OperationalError as error:
                if error.args[0] != 1213:
                    raise
    return again


@app.post("/orders")""").replace("\ndef order():", "\n@retried\ndef order():").replace("\ndef give_back():", "\n@retried\ndef give_back():").replace("import contextlib\n", "import contextlib\nimport functools\n")
open("app.py", "w").write(text)
PY
