cd ~/"$project" && echo "}" >> orders.py
