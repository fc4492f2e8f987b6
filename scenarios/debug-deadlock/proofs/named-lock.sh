cd ~/"$project" && python3 - <<'PY'
text = open("app.py").read()
text = text.replace("            yield cursor\n", "            cursor.execute(\"SELECT GET_LOCK(%s, 60)\", (\"shop\",))\n            yield cursor\n")
open("app.py", "w").write(text)
PY
