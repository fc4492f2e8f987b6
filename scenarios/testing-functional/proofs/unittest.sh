cd ~/"$project" && rm test_parcel.py
cat > test_prices.py <<PY
import unittest
import parcel


class Prices(unittest.TestCase):
    def test_plain(self):
        for kilos in range(0, 28):
            for more in (1, 500, 1000):
                weight = $covered + 1000 * kilos + more
                if weight <= 30000:
                    self.assertEqual(parcel.price(weight, "home"), $home + (kilos + 1) * $kilo)
                    self.assertEqual(parcel.price(weight, zone="abroad"), $abroad + (kilos + 1) * $kilo)
        self.assertEqual(parcel.price($covered, "home"), $home)

    def test_extras(self):
        for kilos in range(0, 12):
            plain = $home + kilos * $kilo
            self.assertEqual(parcel.price($covered + kilos * 1000, "home", True), plain + max((plain + 1) // 2, $express))
        for value in range($insured - 101, $insured + 301):
            self.assertEqual(parcel.price(5, "home", value=value), $home + ((value + 99) // 100 if value > $insured else 0))
        for cents in range($from - 5, $from + 20):
            got = parcel.price(5, "home", member=True, value=100 * (cents - $home))
            self.assertEqual(got, cents if cents < $from else cents * (100 - $member) // 100)

    def test_refused(self):
        for wrong in ((0, "home"), (30001, "home"), (1, "Home"), (-5, "abroad")):
            self.assertRaises(ValueError, parcel.price, *wrong)
        self.assertRaises(ValueError, parcel.price, 1, "home", value=-100)
        parcel.price(30000, "home")
PY
