cd "$project"
git checkout --conflict=diff3 pricing.py settings.py

# Both rules in one function, written over what is between the markers.
python3 - "$percent" <<'PY'
import re, sys

percent = sys.argv[1]
text = open("pricing.py").read()
parts = re.findall(r"<<<<<<<.*?\n(.*?)\|\|\|\|\|\|\|.*?=======\n(.*?)>>>>>>>[^\n]*\n", text, re.S)
says = [parts[0][0], parts[0][1]]
both = "".join(ours + theirs for ours, theirs in parts)
lines = ['        price = item["price"]']
if "quantity" in both:
    lines.append('        price *= item.get("quantity", 1)')
if "gift" in both:
    lines.append('        price = 0 if item.get("gift") else price')
if "member" in both:
    lines.append('        if customer is not None and customer.get("member"):')
    lines.append(f"            price = price * (100 - {percent}) // 100")
lines.append("        result += price\n")
hunks = iter(["".join(says), "\n".join(lines)])
text = re.sub(r"<<<<<<<.*?>>>>>>>[^\n]*\n", lambda _: next(hunks), text, flags=re.S)
open("pricing.py", "w").write(text)
PY
# Both currencies: only the markers and the base go.
sed -i -e '/^|||||||/,/^=======/d' -e '/^<<<<<<</d' -e '/^>>>>>>>/d' settings.py

git add pricing.py settings.py
git commit --no-edit
