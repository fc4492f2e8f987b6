cd ~/"$project" && python3 - <<'PY'
text = open("app.py").read()
text = text.replace("cursorclass=", "autocommit=True, cursorclass=")
open("app.py", "w").write(text)
PY
