"""Tries rows, deletions and orders on a copy of the learner's database, and reports what is not as the task says."""

import json
import os
from decimal import Decimal

import endstate
import orders
import shop

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules.json")) as file:
    rules = json.load(file)
server = endstate.MySQL()
store = shop.Shop(server, rules)


def accepts():
    """Rows at the edge of what is right."""
    letters = "Zoë-Łódź-李"
    ada = store.customer(email="a" * 108 + "@example.com", name=(letters * 10)[:80], credit=-rules["floor"])
    rich = store.customer(name=letters, credit=Decimal("99999.99"))
    store.stock(sku="S" * 20, warehouse="W" * 20, pieces=0)
    sku, north = store.stock(pieces=1_000_000)
    _, south = store.stock(sku=sku)
    first = store.order(rich, (sku, north), pieces=1, total=0)
    second = store.order(rich, (sku, north), pieces=rules["most"], total=Decimal("99999.99"))
    if rules["table"] == "reviews":
        store.review(first, stars=1, text=None)
        store.review(second, stars=rules["stars"], text=(letters * 60)[:500])
    else:
        store.cart(ada, (sku, north), pieces=1)
        if not rules["apart"]:
            store.cart(ada, (sku, south), pieces=500)
        store.cart(store.customer(), (sku, south), pieces=2)
        store.cart(ada, store.stock(), pieces=1)
    if store.run("SELECT name FROM customers WHERE id = %s", ada)[0]["name"] != (letters * 10)[:80]:
        return "The name of a customer does not come back as it was written"


def exact():
    """Amounts that a binary fraction, a whole number or a single decimal can't hold."""
    for written in ("0.10", "12345.67", "99999.99", "70000.05"):
        id = store.customer(credit=Decimal(written))
        store.run("UPDATE customers SET credit = credit - 0.07 WHERE id = %s", id)
        order = store.order(store.customer(credit=Decimal("99999.99")), store.stock(), total=Decimal(written))
        for what, right in (("credit FROM customers WHERE id = %s" % id, Decimal(written) - Decimal("0.07")), ("total FROM orders WHERE id = %s" % order, Decimal(written))):
            found = next(iter(store.run("SELECT " + what)[0].values()))
            if not isinstance(found, Decimal) or found != right:
                return f"{'A credit' if 'credit' in what else 'A total'} of {right} comes back as {shop.shown(found)}"


def references():
    ada, (sku, north) = store.customer(), store.stock()
    other_sku, elsewhere = store.stock()
    store.order(ada, (sku, north))
    for row, what in (((store.number(), (sku, north)), "of a customer who does not exist"), ((ada, ("NO-SUCH", north)), "of a product that no warehouse has"),
                      ((ada, (sku, elsewhere)), "from a warehouse that has other products, but not this one")):
        if store.try_order(*row) == 0:
            return f"The server accepts an order {what}"
    for statement, values, what in (("DELETE FROM customers WHERE id = %s", [ada], "a customer who has orders"),
                                    ("DELETE FROM stock WHERE sku = %s AND warehouse = %s", [sku, north], "a row of stock that has orders"),
                                    ("UPDATE orders SET customer_id = %s WHERE customer_id = %s", [store.number(), ada], None)):
        if store.refusal(statement, *values) == 0:
            return f"The server deletes {what}" if what else "The server gives an order to a customer who does not exist"
    if store.refusal("DELETE FROM customers WHERE id = %s", store.customer()):
        return "The server does not delete a customer who has no orders"
    return (reviews if rules["table"] == "reviews" else carts)() or moved()


def moved():
    """Updates that would leave a row behind which refers to nothing. The server may refuse them, or change both rows."""
    ada, place = store.customer(), store.stock()
    order = store.order(ada, place)
    updates = [
        ("orders SET warehouse = 'NOWHERE' WHERE id = %s", [order]),
        ("customers SET id = %s WHERE id = %s", [store.number(), ada]),
        ("stock SET warehouse = 'MOVED' WHERE sku = %s AND warehouse = %s", place),
    ]
    if rules["table"] == "reviews":
        store.review(order)
        updates += [("reviews SET order_id = %s WHERE order_id = %s", [store.number(), order]), ("orders SET id = %s WHERE id = %s", [store.number(), order])]
    else:
        store.cart(ada, held := store.stock())
        updates += [("carts SET customer_id = %s WHERE sku = %s", [store.number(), held[0]]), ("carts SET warehouse = 'NOWHERE' WHERE sku = %s", held[:1]),
                    ("stock SET warehouse = 'MOVED' WHERE sku = %s AND warehouse = %s", held)]
    for update, values in updates:
        store.refusal(f"UPDATE {update}", *values)
        left = store.orphans()
        if left:
            return f"After an update of `{update.split()[0]}`, {left}"
    if rules["table"] == "carts":
        store.refusal("DELETE FROM stock WHERE sku = %s", held[0])
        left = store.orphans()
        if left:
            return f"After a row of `stock` is deleted, {left}"


def reviews():
    """What reviews refer to."""
    if store.try_review(store.number()) == 0:
        return "The server accepts a review of an order that does not exist"
    order, kept = (store.order(store.customer(), store.stock()) for _ in range(2))
    store.review(order)
    store.review(kept)
    return follows("reviews", "order_id", "orders", order, kept)


def carts():
    """What carts refer to."""
    ada, (sku, north), (_, elsewhere) = store.customer(), store.stock(), store.stock()
    if store.try_cart(store.number(), (sku, north)) == 0:
        return "The server accepts something in the cart of a customer who does not exist"
    if store.try_cart(ada, (sku, elsewhere)) == 0:
        return "The server accepts something in a cart from a warehouse that has other products, but not this one"
    bob = store.customer()
    store.cart(ada, (sku, north))
    store.cart(bob, (sku, north))
    return follows("carts", "customer_id", "customers", ada, bob)


def follows(table, column, parents, deleted, kept):
    """What becomes of rows when what they belong to is deleted."""
    refused = store.refusal(f"DELETE FROM {parents} WHERE id = %s", deleted) != 0
    if refused != (rules["fate"] == "RESTRICT"):
        return f"The server {'does not delete' if refused else 'deletes'} a row of `{parents}` to which `{table}` refers"
    rows = [row[column] for row in store.run(f"SELECT {column} FROM {table} WHERE {column} IN (%s, %s)", deleted, kept)]
    if sorted(rows) != sorted([deleted, kept] if refused else [kept]):
        return f"When a row of `{parents}` is deleted, `{table}` does not hold what it should"


def unique():
    ada, (sku, north) = store.customer(email="Ada.L@Example.com"), store.stock()
    order = store.order(ada, (sku, north))
    store.order(ada, (sku, north))
    twice = [
        (store.try_customer(id=ada), "two customers with the same `id`"),
        (store.try_customer(email="Ada.L@Example.com"), "two customers with the same `email`"),
        (store.try_customer(email="ada.l@example.COM"), "two emails that differ in upper and lower case only"),
        (store.try_stock(sku=sku, warehouse=north), "two rows of stock for the same product in the same warehouse"),
        (store.try_order(ada, (sku, north), id=order), "two orders with the same `id`"),
    ]
    if rules["table"] == "reviews":
        store.review(order)
        twice.append((store.try_review(order), "a second review of an order"))
    else:
        _, south = store.stock(sku=sku)
        store.cart(ada, (sku, north))
        again = (sku, south) if rules["apart"] else (sku, north)
        twice.append((store.try_cart(ada, again), f"the same product twice in a customer's cart{', from two warehouses' if rules['apart'] else ''}"))
    for code, what in twice:
        if code == 0:
            return f"The server accepts {what}"


def bounds():
    ada, below = store.customer(credit=5), Decimal(-rules["floor"]) - Decimal("0.01")
    place = sku, north = store.stock(pieces=3)
    order = store.order(ada, place, pieces=1)
    tried = [
        (store.try_customer(credit=below), f"a customer with a credit of {below}"),
        (store.refusal("UPDATE customers SET credit = %s WHERE id = %s", below, ada), f"an update to a credit of {below}"),
        (store.try_stock(pieces=-1), "a row of stock with −1 pieces"),
        (store.refusal("UPDATE stock SET pieces = pieces - 4 WHERE sku = %s AND warehouse = %s", sku, north), "an update to −1 pieces in stock"),
        (store.try_order(ada, place, total=Decimal("-0.01")), "an order with a total below zero"),
        (store.refusal("UPDATE orders SET pieces = 0 WHERE id = %s", order), "an update of an order to 0 pieces"),
        (store.refusal("UPDATE orders SET total = -0.01 WHERE id = %s", order), "an update of an order to a total below zero"),
        *((store.try_order(ada, place, pieces=n), f"an order of {n} pieces") for n in (0, -1, rules["most"] + 1)),
        *too_much(ada, place),
    ]
    if rules["table"] == "reviews":
        tried += [(store.try_review(order, stars=n), f"a review with {n} stars") for n in (0, rules["stars"] + 1)]
        tried += [(store.try_review(order, stars=None), "a review without `stars`"), (store.try_review(None), "a review without `order_id`")]
        tried.append((store.try_review(order, text="x" * 501), "a review of 501 characters"))
        store.review(order)
        tried.append((store.refusal("UPDATE reviews SET stars = 0 WHERE order_id = %s", order), "an update of a review to 0 stars"))
    else:
        tried += [(store.try_cart(ada, place, pieces=n), f"{n} pieces in a cart") for n in (0, -1)]
        tried += [(store.try_cart(ada, place, pieces=None), "a cart without `pieces`"), (store.try_cart(None, place), "a cart without `customer_id`")]
        store.cart(ada, place)
        tried.append((store.refusal("UPDATE carts SET pieces = 0 WHERE customer_id = %s", ada), "an update of a cart to 0 pieces"))
    for code, what in tried + nulls(ada, place):
        if code == 0:
            return f"The server accepts {what}"


def too_much(ada, place):
    """Rows with a value that is one too long, or an amount that is a cent too high."""
    high = Decimal("100000.00")
    return [
        (store.try_customer(email="e" * 109 + "@example.com"), "an email of 121 characters"),
        (store.try_customer(name="n" * 81), "a name of 81 characters"),
        (store.try_customer(credit=high), f"a customer with a credit of {high}"),
        (store.try_stock(sku="s" * 21), "a `sku` of 21 characters"),
        (store.try_stock(warehouse="w" * 21), "a `warehouse` of 21 characters"),
        (store.try_order(ada, place, total=high), f"an order with a total of {high}"),
    ]


def nulls(ada, place):
    """Rows that lack one value. For an `id`, null may stand for the next number."""
    return [
        *((store.try_customer(**{name: None}), f"a customer without `{name}`") for name in ("email", "name", "credit")),
        *((store.try_stock(**{name: None}), f"a row of stock without `{name}`") for name in ("sku", "warehouse", "pieces")),
        *((store.try_order(ada, place, **{name: None}), f"an order without `{name}`") for name in ("pieces", "total")),
        (store.try_order(None, place), "an order without `customer_id`"),
        (store.try_order(ada, (None, place[1])), "an order without `sku`"),
        (store.try_order(ada, (place[0], None)), "an order without `warehouse`"),
    ]


tries = orders.Orders(server, store, rules)
checks = {"accepts": accepts, "exact": exact, "references": references, "unique": unique, "bounds": bounds,
          "order": tries.placed, "half-way": tries.half_way, "at-once": tries.at_once}
found = {}
for name, check in checks.items():
    try:
        found[name] = check() or ""
    except shop.Refused as error:
        found[name] = str(error)
    except endstate.Failed as failed:
        found[name] = f"On a copy of the database, {failed.says}"
    except store.database.driver.err.MySQLError as error:
        found[name] = f"The server refuses a right statement, with error {error.args[0]}"
endstate.report(found)
