cd ~/"$project" && python3 - <<'PY'
text = open("app.py").read()
text = text.replace("DUPLICATE = 1062", "import threading\n\nturn = threading.Lock()\nDUPLICATE = 1062").replace("    with connection:\n", "    with turn, connection:\n")
open("app.py", "w").write(text)
PY
