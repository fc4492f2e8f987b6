cd ~/"$project" && python3 - <<'PY'
text = open("app.py").read()
text = text.replace("            yield cursor\n", "            cursor.execute(\"SELECT id FROM customers ORDER BY id FOR UPDATE\")\n            yield cursor\n")
open("app.py", "w").write(text)
PY
