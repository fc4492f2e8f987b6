# A new key is given, but the old one still opens its session.
cd ~/"$project" && sed -i 's/    sessions.pop(flask.g.key, None)/    pass/' app.py
