cd ~/"$project"
cat >> test_parcel.py <<PY


def test_forever():
    while True:
        pass
PY
