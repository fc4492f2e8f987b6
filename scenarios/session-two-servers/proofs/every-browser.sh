# A log-out ends what the member has in all browsers.
cd ~/"$project" && sed -i '/^def forget/,/^def changed/ s/        end(session()\[2\])/        ask("DELETE FROM series WHERE name = %s", session()[1])/' app.py
