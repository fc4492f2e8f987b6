# The tokens end, the sessions that they opened don't.
cd ~/"$project" && sed -i '/DELETE FROM session WHERE series/d' app.py
