cd ~/"$project" && sed -i 's/, headers={"If-Match": read.headers\["ETag"\]}//' webshop.py
