mkdir "/home/learner/$project"
cp parcel.py "/home/learner/$project"
cat > "/home/learner/$project/test_parcel.py" <<'PY'
from parcel import price


def test_something():
    assert price(100, "home") > 0
PY
chown -R learner: "/home/learner/$project"
