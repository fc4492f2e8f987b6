# A conflict is the end of it.
cd ~/"$project" && sed -i 's/answer.status_code != 412:/True:/' webshop.py
