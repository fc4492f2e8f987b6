"""Rows of the shop's tables, each with new values where nothing else is said."""

import itertools
from decimal import Decimal

import endstate


def shown(value):
    """Format a value that the learner's tables return."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"about {value}" if isinstance(value, float) else endstate.shown(value)


class Refused(Exception):
    """The server refuses what it should accept."""


class Shop:
    """The learner's tables. Methods that begin with try_ return the code of the server's error, or 0."""

    def __init__(self, server, rules):
        self._table = rules["table"]
        self.database, self._numbers = server.rebuild(rules["database"]), itertools.count(1000)
        self.run, self.refusal = self.database.run, self.database.refusal

    def number(self):
        """Return a number that no row has."""
        return next(self._numbers)

    def try_customer(self, **values):
        n = self.number()
        return self._try("customers", {"id": n, "email": f"c{n}@example.com", "name": f"Customer {n}", "credit": 100, **values})

    def try_stock(self, **values):
        n = self.number()
        return self._try("stock", {"sku": f"S-{n}", "warehouse": f"W-{n}", "pieces": 50, **values})

    def try_order(self, customer, place, **values):
        return self._try("orders", {"id": self.number(), "customer_id": customer, "sku": place[0], "warehouse": place[1], "pieces": 1, "total": 5, **values})

    def try_review(self, order, **values):
        return self._try("reviews", {"order_id": order, "stars": 2, "text": "Good.", **values})

    def try_cart(self, customer, place, **values):
        return self._try("carts", {"customer_id": customer, "sku": place[0], "warehouse": place[1], "pieces": 1, **values})

    def orphans(self):
        """Say which rows refer to something that does not exist, or return None."""
        for table, parent, on in (
            ("orders", "customers", "parent.id = child.customer_id"),
            ("orders", "stock", "parent.sku = child.sku AND parent.warehouse = child.warehouse"),
            *((("reviews", "orders", "parent.id = child.order_id"),) if self._table == "reviews" else (
                ("carts", "customers", "parent.id = child.customer_id"),
                ("carts", "stock", "parent.sku = child.sku AND parent.warehouse = child.warehouse"))),
        ):
            if self.run(f"SELECT 1 FROM {table} child WHERE NOT EXISTS (SELECT 1 FROM {parent} parent WHERE {on}) LIMIT 1"):
                return f"`{table}` has a row that belongs to none of `{parent}`"

    def customer(self, **values):
        """Add a customer, and return the ID."""
        id = self.number()
        self._accepted(self.try_customer(**{"id": id, **values}), "a customer", values)
        return id

    def stock(self, **values):
        """Add a row of stock, and return its product and warehouse."""
        n = self.number()
        values = {"sku": f"S-{n}", "warehouse": f"W-{n}", **values}
        self._accepted(self.try_stock(**values), "a row of stock", {name: value for name, value in values.items() if name == "pieces"})
        return values["sku"], values["warehouse"]

    def order(self, customer, place, **values):
        """Add an order, and return the ID."""
        id = self.number()
        self._accepted(self.try_order(customer, place, **{"id": id, **values}), "an order", values)
        return id

    def review(self, order, **values):
        self._accepted(self.try_review(order, **values), "a review", values)

    def cart(self, customer, place, **values):
        self._accepted(self.try_cart(customer, place, **values), "something in a cart", values)

    def _try(self, table, row):
        columns, marks = ", ".join(f"`{name}`" for name in row), ", ".join("%s" for _ in row)
        return self.refusal(f"INSERT INTO {table} ({columns}) VALUES ({marks})", *row.values())

    @staticmethod
    def _accepted(code, what, values):
        if code:
            told = [f"{len(value)} characters in `{name}`" if isinstance(value, str) else f"`{name}` {value}" for name, value in values.items()]
            raise Refused(f"The server refuses {what}{' with ' if told else ''}{' and '.join(told)}, with error {code}")
