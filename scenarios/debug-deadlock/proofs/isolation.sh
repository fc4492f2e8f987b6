cd ~/"$project" && python3 - <<'PY'
text = open("app.py").read()
text = text.replace("            yield cursor\n", "            cursor.execute(\"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED\")\n            yield cursor\n")
open("app.py", "w").write(text)
PY
