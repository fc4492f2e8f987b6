# The forms send other fields than before.
cd ~/"$project" && sed -i 's/request.form\["text"\]/request.form["note"]/; s/form("\/notes", "text")/form("\/notes", "note")/' app.py
