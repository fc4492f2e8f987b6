"""Compares the learner's code with the right code, on exports that nobody has seen."""

import os
import random as seeded
import re

import endstate
import right

code = endstate.Program(".")
random = seeded.Random(1)  # so that a message is the same at each check


def judge(function, *exports):
    """Return how the function fails for one of the exports, or "right"."""
    for rows in exports:
        want = getattr(right, function)(rows)
        try:
            got = code.call(f"orders.{function}", rows)
        except endstate.Failed as failed:
            return failed.says
        if not isinstance(got, dict):
            return f"`{function}` returns {endstate.shown(got)}, not a dict"
        for key in want:
            what = f"the total of {key}" if function == "invoices" else f"{key}"
            if key not in got:
                return f"{what} is missing"
            if not endstate.same(got[key], want[key]):
                return f"{what} is {shown(got[key])}, not {shown(want[key])}; its lines: {lines(rows, key)}" if function == "invoices" else f"{what} has {shown(got[key])} orders, not {shown(want[key])}"
        if len(got) != len(want):
            return f"`{function}` returns {len(got)} entries, not {len(want)}"
    return "right"


def shown(value):
    return f'"{value}"' if isinstance(value, str) and re.fullmatch(r"[-0-9.]{1,20}", value) else endstate.shown(value)


def lines(rows, number):
    """Return the lines of an order in words, at most three."""
    own = [f"{count} × {price}" for key, _, price, count in rows if key == number]
    return ", ".join(own[:3]) + (f" and {len(own) - 3} more" if len(own) > 3 else "")


NOON = "2026-03-02T12:00:00+00:00"


def numbers(n):
    return [str(n) for n in random.sample(range(10_000, 99_999), n)]


def apart():
    """Orders of which each has lines of its own, not all beside each other."""
    a, b, c = numbers(3)
    return [[a, NOON, "1.00", "1"], [b, NOON, "20.00", "2"], [a, NOON, "3.00", "1"], [c, NOON, "400.00", "1"]]


def cents():
    """One order a line, with prices for which binary fractions, or rounding to even, go wrong."""
    found = {"binary": [], "even": []}
    while any(len(rows) < 6 for rows in found.values()):
        price, count = f"{random.randint(1, 99_999) / 100:.2f}", random.randint(1, 9)
        exact = right.Decimal(price) * count * (100 + right.TAX) / 100
        want = str(exact.quantize(right.Decimal("0.01"), right.ROUND_HALF_UP))
        if f"{float(price) * count * (1 + float(right.TAX) / 100):.2f}" != want:
            found["binary"].append([price, str(count)])
        elif str(round(exact, 2)) != want:
            found["even"].append([price, str(count)])
    rows = found["binary"][:6] + found["even"][:6]
    return [[n, NOON, *row] for n, row in zip(numbers(12), rows)]


def large():
    """Sums of many lines, large ones, and prices in fractions of a cent."""
    a, b, c, d = numbers(4)
    rows = [[a, NOON, "0.10", "1"] for _ in range(101)] + [[d, NOON, "0.0125", "1"] for _ in range(40)] + [[b, NOON, "9999999999999.99", "1"], [b, NOON, "0.015", "1"]]
    while True:  # just below half a cent, which a small amount more would round up; with five digits, each tax has such prices
        price = f"{random.randint(100_000, 9_999_999) / 100_000:.5f}"
        rest = right.Decimal(price) * (100 + right.TAX) % 1
        if right.Decimal("0.492") < rest < right.Decimal("0.499"):
            return rows + [[c, NOON, price, "1"]]


def around(month):
    """Orders every half hour for two days, in a month. In March, summer time began two days before."""
    return [[n, f"2026-{month:02}-{10 + i // 48:02}T{i % 48 // 2:02}:{i % 2 * 30:02}:00+00:00", "1.00", "1"] for i, n in enumerate(numbers(96))]


here = os.path.dirname(__file__)
with open(os.path.join(here, "test_orders.py")) as file:
    tests = code.test({"test_orders.py": file.read()})


def found():
    return {"apart": judge("invoices", apart(), apart(), []), "cents": judge("invoices", cents(), large()), "days": judge("per_day", around(1), around(7), around(3))}


first = found()
random = endstate.random  # and nobody can have prepared for these
others = {name: says if says == "right" else "it is right for some exports and wrong for others" for name, says in found().items()}
endstate.report({
    **{name: others[name] if says == "right" else says for name, says in first.items()}, "tests": tests.get("test_orders.py", "right"),
})
