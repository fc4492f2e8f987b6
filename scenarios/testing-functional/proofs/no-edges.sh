cd ~/"$project"
cat > test_parcel.py <<PY
import pytest
from parcel import price


def test_prices():
    assert price(100, "home") == $home
    assert price(100, "abroad") == $abroad
    assert price($covered + 1500, "home") == $home + 2 * $kilo
    assert price(100, "home", express=True) == $home + $express
    assert price(100, "home", value=3 * $insured) == $home + 3 * $insured // 100
    with pytest.raises(ValueError):
        price(-500, "home")
PY
