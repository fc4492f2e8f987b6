cd ~/"$project" && sed -i "s/if whole > \(.*\):/if whole > \1 - 2:/" total.py
