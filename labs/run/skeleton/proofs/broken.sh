cd ~/"$project" && echo "def total(" > total.py
