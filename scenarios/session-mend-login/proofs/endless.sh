cd ~/"$project" && sed -i 's/ or now - flask.g.session\["began"\] > ABSOLUTE//' app.py
