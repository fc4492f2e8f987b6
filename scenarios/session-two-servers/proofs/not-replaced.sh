cd ~/"$project" && sed -i 's/    new = secrets.token_urlsafe(32)/    new = token/' app.py
