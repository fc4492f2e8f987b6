# Everybody is remembered, asked or not.
cd ~/"$project" && sed -i 's/    if request.form.get("remember"):/    if True:/' app.py
