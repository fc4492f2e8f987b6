"""The coupons, from data/coupons.json."""

import json
import os

FILE = os.path.join(os.path.dirname(__file__), "data", "coupons.json")


def find(code):
    with open(FILE) as file:
        return json.load(file).get(code)


def discount(coupon, goods):
    """Return the discount on goods, in cents."""
    if goods < coupon.get("minimum", 0):
        return 0
    return goods * coupon["percent"] // 100
