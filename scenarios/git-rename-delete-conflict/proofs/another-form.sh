# The same in other words, with a name of its own for a number.
sum="counted * $([[ $rules == *rate* ]] && echo "$raised" || echo "$rate")"
counted=days
if [[ $rules == *grace* ]]; then counted="days - FREE if days > FREE else 0"; fi
python3 - "$home" "$counted" "$sum" "$cap" "$grace" "$rules" <<'PY'
import re, sys

home, counted, sum, cap, grace, rules = sys.argv[1:]
text = open(home).read()
body = f'\\1    counted = {counted}\n    cents = {sum}\n'
body += f"    return cents if cents < {cap} else {cap}\n" if "cap" in rules else "    return cents\n"
text = re.sub(r'(def late.*?"""\n)    return [^\n]*\n', body, text, flags=re.S)
open(home, "w").write(re.sub(r"^def late", f"FREE = {grace}\n\n\ndef late", text, flags=re.M))
PY
git add --all
