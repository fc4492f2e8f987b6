cd ~/"$project" && sed -i "s/if whole > \(.*\):/if not whole < \1:/" total.py
