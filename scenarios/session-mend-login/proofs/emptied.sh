cd ~/"$project" && sed -i 's/begin(name, chosen())/begin(name, chosen() and [])/' app.py
