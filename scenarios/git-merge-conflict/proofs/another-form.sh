# The same rules in other words: a function of its own for an item, and the list in one line.
cd ~/"$project"
python3 - "$percent" "$rules" <<'PY'
import re, sys

percent, rules = sys.argv[1:]
lines = ["", "", "def worth(item, member):", '    """Return what one line of an order comes to."""', '    cents = item["price"]']
if "gift" in rules:
    lines.append('    cents *= not item.get("gift")')
if "member" in rules:
    lines.append(f"    cents = cents * (100 - {percent}) // 100 if member else cents")
lines.append('    return cents * item.get("quantity", 1)' if "quantity" in rules else "    return cents")
text = open("pricing.py").read()
text = re.sub(
    r"(def total.*?\n    \"\"\"\n).*?return result",
    lambda m: m[1] + '    member = bool(customer and customer.get("member"))\n    return sum(worth(item, member) for item in items)' + "\n".join(lines),
    text, count=1, flags=re.S,
)
open("pricing.py", "w").write(text)
text = open("settings.py").read()
entries = sorted(re.findall(r'"[A-Z]{3}"', text))
open("settings.py", "w").write(re.sub(r"CURRENCIES = \[.*?\]", f"CURRENCIES = [{', '.join(entries)}]", text, flags=re.S))
PY
git commit --all --amend --no-edit
