"""The products, from data/products.csv."""

import csv
import os

FILE = os.path.join(os.path.dirname(__file__), "data", "products.csv")


def read():
    """Return the products by SKU; prices in cents, weights in grams."""
    with open(FILE) as file:
        return {row["sku"]: product(row) for row in csv.DictReader(file)}


def product(row):
    return {"name": row["name"], "price": int(row["price"]), "weight": int(row["weight"] or 0)}


def find(sku):
    return read().get(sku)
