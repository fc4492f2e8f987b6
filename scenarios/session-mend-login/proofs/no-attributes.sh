cd ~/"$project" && sed -i 's/, secure=True//' app.py
