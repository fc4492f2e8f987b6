cd ~/"$project" && sed -i 's/^DAYS = .*/DAYS = 365/' app.py
