cd ~/"$project"
python3 - <<'PY'
text = open("orders.py").read()
for old, new in [
    ("from datetime import datetime\n", "import zoneinfo\nfrom datetime import datetime\nfrom fractions import Fraction\n"),
    ("        self.lines = lines\n", "        self.lines = list(lines)\n"),
    ("sum(float(price) *", "sum(Fraction(price) *"),
    ('return f"{self.net() * (1 + TAX / 100):.2f}"', 'cents = int(self.net() * (100 + TAX) + Fraction(1, 2))\n        return f"{cents // 100}.{cents % 100:02}"'),
    ("datetime.fromisoformat(self.time).date()", "datetime.fromisoformat(self.time).astimezone(zoneinfo.ZoneInfo(ZONE)).date()"),
]:
    assert old in text, old
    text = text.replace(old, new)
open("orders.py", "w").write(text)
PY
