# An old token is refused, but the newest one stays good.
cd ~/"$project" && sed -i '/^def remembered/,/^def end/ s/    end(series)/    pass/' app.py
