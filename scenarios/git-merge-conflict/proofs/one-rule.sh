# Each rule holds as long as the other one is not needed.
cd ~/"$project"
python3 - "$percent" $rules <<'PY'
import re, sys

percent, rules = sys.argv[1], sys.argv[2:]
lines = {
    "member": f'if customer is not None and customer.get("member"):\n            price = price * (100 - {percent}) // 100',
    "gift": 'if item.get("gift"):\n            price = 0',
    "quantity": 'if item.get("quantity", 1) != 1:\n            price *= item["quantity"]',
}
first, second = sorted(rules, reverse=True)  # a gift counts last
body = f'        price = item["price"]\n        {lines[first]}\n        el{lines[second]}\n        result += price\n'
text = open("pricing.py").read()
text = re.sub(r"(for item in items:\n).*?(    return result)", lambda m: m[1] + body + m[2], text, count=1, flags=re.S)
open("pricing.py", "w").write(text)
PY
git commit --all --amend --no-edit
