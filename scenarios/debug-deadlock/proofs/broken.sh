cd ~/"$project" && echo "}" >> app.py
