# SameSite does not keep a neighbour away, and GET still logs out or not, as before.
cd ~/"$project" && sed -i 's/samesite="Lax"/samesite="Strict"/; s/request.method == "POST" and session()/False and session()/' app.py
