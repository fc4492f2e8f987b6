# A neighbour can set that cookie, too.
cd ~/"$project" && sed -i 's/__Host-form/form/g' app.py
