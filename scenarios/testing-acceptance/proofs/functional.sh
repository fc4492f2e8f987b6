cd ~/"$project" && cat > test_more.py <<'PY'
import rooms


def test_cancel():
    house = rooms.Rooms()
    house.cancel(house.book("ada", "x", 9))
    assert house.of("ada") == []
PY
