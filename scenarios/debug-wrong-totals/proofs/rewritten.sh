cd ~/"$project"
cat > orders.py <<PY
import collections
import dataclasses
import datetime
import decimal
import zoneinfo

HERE = zoneinfo.ZoneInfo("$zone")
decimal.getcontext().prec = 60


@dataclasses.dataclass
class Order:
    number: str
    time: str
    lines: list = dataclasses.field(default_factory=list)

    def total(self):
        net = sum(decimal.Decimal(price) * int(count) for price, count in self.lines)
        return format((net * (100 + $tax) / 100).quantize(decimal.Decimal(".01"), decimal.ROUND_HALF_UP), "f")

    def day(self):
        return datetime.datetime.fromisoformat(self.time).astimezone(HERE).strftime("%Y-%m-%d")


def read(rows):
    found = {}
    for number, time, price, count in rows:
        found.setdefault(number, Order(number, time)).lines.append((price, count))
    return list(found.values())


def invoices(rows):
    return {order.number: order.total() for order in read(rows)}


def per_day(rows):
    return dict(collections.Counter(order.day() for order in read(rows)))
PY
