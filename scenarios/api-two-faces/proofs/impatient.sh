cd ~/"$project" && sed -i 's/time.sleep(int(answer.headers\["Retry-After"\]))/time.sleep(PAUSE)/' webshop.py
