cd ~/"$project" && sed -i '/DELETE FROM session WHERE name/d; /DELETE FROM series WHERE name/d' app.py
