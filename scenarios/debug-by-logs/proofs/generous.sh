# Products that do not exist are left out.
cd ~/"$project" && sed -i 's/for item in items\]$/for item in items if catalogue.find(item["sku"])]/' app.py
