cd ~/"$project"
cat > test_parcel.py <<PY
import random
from parcel import price


def expected(weight, zone, express, member, value):
    if weight < 1 or weight > 30000 or zone not in ("home", "abroad") or value < 0:
        return ValueError
    cents = {"home": $home, "abroad": $abroad}[zone] + max(0, (weight - $covered + 999) // 1000) * $kilo
    cents += max($express, (cents + 1) // 2) if express else 0
    cents += (value + 99) // 100 if value > $insured else 0
    return cents * (100 - $member) // 100 if member and cents >= $from else cents


def test_like_the_description():
    some = random.Random(1)
    edges = [0, 1, $covered, $covered + 1, $covered + 1000, $covered + 1001, 30000, 30001, 30500, *(some.randint(1, 30000) for _ in range(300))]
    values = [-1, 0, $insured, $insured + 1, *(100 * c for c in range($from - $home - 3, $from - $home + 3))]
    for weight in edges:
        for value in values:
            for zone in ("home", "abroad", "moon"):
                for express in (False, True):
                    for member in (False, True):
                        try:
                            got = price(weight, zone, express, member, value)
                        except ValueError:
                            got = ValueError
                        assert got == expected(weight, zone, express, member, value)
PY
