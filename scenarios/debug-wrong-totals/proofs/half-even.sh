cd ~/"$project"
sed -i 's/, rounding=ROUND_HALF_UP//' orders.py
