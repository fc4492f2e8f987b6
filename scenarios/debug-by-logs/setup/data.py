"""Write the data of the other department."""

import csv
import json
import os
import random
import sys

some = random.Random(os.environ["seed"])
NAMES = ["Kettle", "Teapot", "Lamp", "Rug", "Shelf", "Stool", "Mirror", "Clock", "Vase", "Blanket", "Basket", "Tray"]
with open(os.path.join(sys.argv[1], "products.csv"), "w", newline="") as file:
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(["sku", "name", "price", "weight"])
    for number, name in enumerate(NAMES):
        rows.writerow([f"{name[0]}-{number}", name, some.randrange(490, 9900, 10), some.randrange(200, 4950, 50)])
    for value in (20, 50):
        rows.writerow([f"GIFT-{value}", f"Voucher over {value}", value * 100, ""])
coupons = {"SPRING": {"percent": 10, "minimum": 2000}, "WELCOME": {"percent": 5}, "FRIENDS": {"percent": 15, "minimum": 5000}, "HELLO": {"percent": 8}}
with open(os.path.join(sys.argv[1], "coupons.json"), "w") as file:
    json.dump(coupons, file, indent=2)
