cd ~/"$project" && sed -i 's/flask.g.session\["seen"\] = now/flask.g.session["used"] = now/' app.py
