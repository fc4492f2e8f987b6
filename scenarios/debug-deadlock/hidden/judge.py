"""Puts the learner's service under load, with a MySQL server of its own, and compares what is booked with what was ordered."""

import concurrent.futures
import glob
import threading
import time

import endstate

random = endstate.random
CUSTOMERS, SKUS, PIECES = range(1, 9), [f"S-{n}" for n in range(1, 7)], 100_000
prices = {sku: random.randint(100, 9999) for sku in SKUS}
orders, returns = {}, set()  # what should be booked: the customer and items of an order by its ID, and IDs
answers = []  # whether each request got the right status

db = endstate.MySQL()
db.create("shop", "schema.sql", user="shop", password="secret")
db.fill("INSERT INTO customers (id, name) VALUES (%s, 'Somebody')", [(n,) for n in CUSTOMERS])
db.fill("INSERT INTO stock VALUES (%s, %s, %s)", [(sku, price, PIECES) for sku, price in prices.items()])


def order(customer, skus):
    """Return a request for a new order, and note that it should be booked."""
    name, items = f"o{len(orders):05}", {sku: random.randint(1, 3) for sku in skus}
    orders[name] = customer, items
    return "/orders", {"id": name, "customer": customer, "items": items}, (201, 200)


def give_back(name):
    returns.add(name)
    return "/returns", {"id": name}, (200,)


def deadlocks():
    """Return how many deadlocks the server has found."""
    return db.run("SELECT count FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'")[0]["count"]


def send(request):
    path, body, statuses = request
    answers.append(service.post(path, json_body=body).status in statuses)


def line_up(rows, *groups):
    """Hold a lock on rows until each group of requests waits, so that all go on at the same moment."""
    sent = []
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        db.run(f"START TRANSACTION; SELECT * FROM {rows} FOR UPDATE")
        for group in groups:
            sent += [pool.submit(send, request) for request in group]
            wait_for(len(sent))
        db.run("COMMIT")
    for future in sent:
        future.result()


def wait_for(count):
    """Wait until the service has so many statements that do not end, or nothing moves any more.

    The service may line the requests up itself, and must not seem to hang. A busy machine takes longer.
    """
    still, until = 0, time.monotonic() + 10
    while still < 5 and time.monotonic() < until:
        if db.run("SELECT COUNT(*) AS n FROM information_schema.processlist WHERE user = 'shop' AND command <> 'Sleep'")[0]["n"] >= count:
            break
        still = 0 if moves() else still + 1
        time.sleep(0.02)


def moves():
    """Return whether anything but this thread runs or waits for a processor: the service, its server, the requests."""
    me = str(threading.get_native_id())
    for path in glob.glob("/proc/[0-9]*/task/[0-9]*/stat"):
        try:
            with open(path) as file:
                state = file.read().rpartition(")")[2].split()[0]
        except OSError:
            continue  # it has ended
        if state in "RD" and path.split("/")[4] != me:
            return True
    return False


def one_customer():
    line_up("shop.customers WHERE id = 1", [order(1, [random.choice(SKUS)]) for _ in range(6)])


def same_products():
    """Orders name the same products in different orders; the one in the middle is locked."""
    first, middle, last = random.sample(SKUS, 3)
    customers = iter(random.sample(CUSTOMERS, 4))
    one_way = [order(next(customers), [first, middle, last]) for _ in range(2)]
    line_up(f"shop.stock WHERE sku = '{middle}'", one_way + [order(next(customers), [last, middle, first]) for _ in range(2)])


def back_and_forth():
    mine = random.sample([name for name, (customer, _) in orders.items() if customer == 1 and name not in returns], 3)
    groups = [group for name in mine for group in ([give_back(name)], [order(1, list(orders[name][1]))])]
    line_up("shop.stock", *groups)


def returned_products():
    """Orders and returns of other customers touch the same products."""
    first, middle, last = sorted(random.sample(SKUS, 3))
    customers = random.sample(CUSTOMERS, 4)
    before = [order(customer, [first, middle, last]) for customer in customers[:2]]
    for request in before:
        send(request)
    # Those that come first hold what they take before the one in the middle.
    returned = [give_back(request[1]["id"]) for request in before]
    line_up(f"shop.stock WHERE sku = '{middle}'", returned, [order(customer, [first, middle, last]) for customer in customers[2:]])


def repeated_and_returned():
    """An order is repeated while it is returned."""
    customer = random.choice(CUSTOMERS)
    path, body, _ = request = order(customer, [random.choice(SKUS)])
    send(request)
    line_up(f"shop.customers WHERE id = {customer}", [(path, body, (200,))], [give_back(body["id"])])


def everything():
    """Make all kinds of requests as they come, some of them twice."""
    requests = [order(random.choice(CUSTOMERS), random.sample(SKUS, random.randint(1, 4))) for _ in range(40)]
    requests += [give_back(name) for name in random.sample(sorted(orders.keys() - returns - {r[1]["id"] for r in requests}), 12)]
    requests += random.sample(requests, 12)
    random.shuffle(requests)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(send, requests))


def booked():
    """Return what is wrong with the answers or the books, or ""."""
    if not all(answers):
        return "Some requests did not get the status that `README.md` says"
    there = {row["id"]: row for row in db.run("SELECT id, returned FROM orders")}
    if orders.keys() - there.keys():
        return "Some orders that were confirmed are not in `orders`"
    if not all(there[name]["returned"] for name in returns):
        return "Some returns that were confirmed are not booked"
    return books()


def books():
    """Return what is wrong with stock, items or customers, or ""."""
    stock, spent, items = dict.fromkeys(SKUS, PIECES), dict.fromkeys(CUSTOMERS, 0), set()
    for name, (customer, wanted) in orders.items():
        items |= {(name, sku, pieces) for sku, pieces in wanted.items()}
        if name not in returns:
            spent[customer] += sum(prices[sku] * pieces for sku, pieces in wanted.items())
            for sku, pieces in wanted.items():
                stock[sku] -= pieces
    if {row["sku"]: row["pieces"] for row in db.run("SELECT sku, pieces FROM stock")} != stock:
        return "The stock does not agree with the orders and returns"
    if {row["id"]: row["spent"] for row in db.run("SELECT id, spent FROM customers")} != spent:
        return "What customers have spent does not agree with the orders and returns"
    if {(row["id"], row["sku"], row["pieces"]) for row in db.run("SELECT id, sku, pieces FROM items")} != items:
        return "`items` does not hold what was ordered"
    return ""


def rest():
    """Return what is wrong with requests that are refused or repeated, or ""."""
    first, gone = min(orders.keys() - returns), min(returns)
    wanted = {"id": first, "customer": orders[first][0], "items": orders[first][1]}
    for status, about, path, body in [
        (409, "An order of more than there is", "/orders", {"id": "x1", "customer": 3, "items": {SKUS[0]: 1, SKUS[1]: PIECES + 1}}),
        (409, "An order of more than there is", "/orders", {"id": "x2", "customer": 3, "items": {SKUS[1]: PIECES + 1, SKUS[0]: 1}}),
        (409, "An order of a product that does not exist", "/orders", {"id": "x3", "customer": 4, "items": {SKUS[2]: 1, "X-1": 1}}),
        (404, "An order of a customer who does not exist", "/orders", {"id": "x4", "customer": 99, "items": {SKUS[0]: 1}}),
        (404, "A return of an order that does not exist", "/returns", {"id": "x5"}),
        (200, "An order that is repeated", "/orders", wanted),
        (200, "A return that is repeated", "/returns", {"id": gone}),
    ]:
        got = service.post(path, json_body=body).status
        if got != status:
            return f"{about} is answered with status {got}, not {status}"
        if wrong := books():
            return f"{about} leaves something behind. {wrong}"
    return ""


report = {"ended": False, "booked": "", "deadlocks": 0, "rest": ""}
command = ["gunicorn", "app:app", "--workers", "2", "--threads", "4", "--timeout", "0", "--bind", "127.0.0.1:8000"]
try:
    with endstate.Service(".", command) as service:
        for _ in range(4):
            one_customer()
            same_products()
            back_and_forth()
            returned_products()
            repeated_and_returned()
        everything()
        report["booked"] = booked()
        report["rest"] = rest()
        report["ended"] = True
except endstate.Failed as failed:
    report["booked"] = report["booked"] or failed.says[:1].upper() + failed.says[1:]
    report["rest"] = report["rest"] or failed.says
report["deadlocks"] = deadlocks()
endstate.report(report)
