cd ~/"$project" && cat > total.py <<PY
def total(items):
    whole = 0
    for price, number in items:
        whole += price * number
    return whole if max(whole, $from * 100 - 1) < $from * 100 else whole - (whole * $rate) // 100
PY
