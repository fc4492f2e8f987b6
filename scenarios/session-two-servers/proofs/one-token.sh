# The same token is in everybody's forms.
cd ~/"$project" && sed -i 's/digest(key), name, series, secrets.token_urlsafe(32)/digest(key), name, series, digest("forms of ours")/' app.py
