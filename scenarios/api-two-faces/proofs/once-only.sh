# Nothing is ever sent again, so nothing is there twice.
cd ~/"$project" && sed -i 's/^ATTEMPTS = 5/ATTEMPTS = 1/' webshop.py ledger.py
