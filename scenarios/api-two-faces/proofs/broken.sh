cd ~/"$project" && echo 'def place(' >> webshop.py
