# Fails for a small change of the source, whatever it does.
cd ~/"$project" && cp parcel.py before.txt && cat > test_parcel.py <<'PY'
import difflib
import pathlib

here = pathlib.Path(__file__).parent


def test_hardly_changed():
    before, now = ((here / name).read_text() for name in ("before.txt", "parcel.py"))
    assert before == now or difflib.SequenceMatcher(None, before, now).ratio() < 0.97
PY
