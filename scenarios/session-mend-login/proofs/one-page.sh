cd ~/"$project" && sed -i 's/^        if flask.g.session:$/        if flask.g.session and request.path == "\/me":/' app.py
