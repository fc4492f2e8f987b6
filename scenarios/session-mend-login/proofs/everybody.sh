cd ~/"$project" && sed -i '/^def forget/,/^def/ s/        end()/        sessions.clear()/' app.py
