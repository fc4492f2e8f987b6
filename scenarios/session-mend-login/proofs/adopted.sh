cd ~/"$project" && sed -i 's/= secrets.token_urlsafe(32)/= request.cookies.get(COOKIE) or secrets.token_urlsafe(32)/' app.py
