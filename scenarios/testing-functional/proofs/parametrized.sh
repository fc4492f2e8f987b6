cd ~/"$project"
cat > test_parcel.py <<PY
import pytest
from parcel import price

LONG = $home + 7 * $kilo


@pytest.mark.parametrize("call, want", [
    (dict(weight=$covered, zone="home"), $home),
    (dict(weight=$covered + 1, zone="home"), $home + $kilo),
    (dict(weight=$covered + 999, zone="home"), $home + $kilo),
    (dict(weight=$covered + 1001, zone="home"), $home + 2 * $kilo),
    (dict(weight=5, zone="abroad"), $abroad),
    (dict(weight=5, zone="home", express=True), $home + $express),
    (dict(weight=$covered + 6001, zone="home", express=True), LONG + LONG - LONG // 2),
    (dict(weight=$covered + 5001, zone="home", express=True), LONG - $kilo + -(-(LONG - $kilo) // 2)),
    (dict(weight=5, zone="home", value=$insured), $home),
    (dict(weight=5, zone="home", value=$insured + 101), $home + $insured // 100 + 2),
    (dict(weight=5, zone="home", value=100 * ($from - $home), member=True), $from * (100 - $member) // 100),
    (dict(weight=5, zone="home", value=100 * ($from - $home) + 100, member=True), ($from + 1) * (100 - $member) // 100),
    (dict(weight=5, zone="home", value=100 * ($from - $home) - 100, member=True), $from - 1),
])
def test_price(call, want):
    assert price(**call) == want


@pytest.mark.parametrize("call", [dict(weight=0, zone="home"), dict(weight=30001, zone="home"), dict(weight=1, zone=""), dict(weight=1, zone="home", value=-1)])
def test_refused(call):
    with pytest.raises(ValueError):
        price(**call)
PY
