# Builds the healthy system. This runs as root in the workspace.
mkdir "/home/learner/$project" && cd "/home/learner/$project"
cat > total.py <<PY
def total(items):
    """Return what an order of items costs, in cents: pairs of a price in cents and a number.

    From $from.00 on, there is a discount of $rate %, rounded down to a cent.
    """
    whole = sum(price * number for price, number in items)
    if whole >= $from * 100:
        whole -= whole * $rate // 100
    return whole
PY
cat > test_total.py <<PY
from total import total


def test_below():
    assert total([(1000, 2)]) == 2000


def test_above():
    assert total([($from * 200, 1)]) == $from * 200 - $from * 2 * $rate
PY
chown -R learner: .
