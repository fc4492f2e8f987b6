"""The shop's order service."""
import contextlib
import importlib.util
import json
import logging
import os
import sqlite3
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = "/srv/shop/shared"
RELEASE = int(open(os.path.join(HERE, "RELEASE")).read())
FIELDS = ("customer", "item", "quantity", "options")

logging.basicConfig(format="%(levelname)s release=" + str(RELEASE) + " %(message)s", level=logging.INFO)
log = logging.getLogger()
switches = {}


def features():
    """The switches of features.json, which may be changed at any time."""
    global switches
    try:
        with open(SHARED + "/features.json") as file:
            switches = dict(json.load(file))
    except (OSError, ValueError) as error:
        log.warning("features.json: %s", error)
    return switches


@contextlib.contextmanager
def database():
    db = sqlite3.connect(SHARED + "/shop.db", timeout=20)
    try:
        with db:
            yield db
    finally:
        db.close()


def addons():
    """The modules of this release beside the service, by the name of their feature."""
    found = {}
    for name in sorted(os.listdir(os.path.join(HERE, "addons"))):
        spec = importlib.util.spec_from_file_location(name.removesuffix(".py"), os.path.join(HERE, "addons", name))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found[module.FEATURE] = module
    return found


ADDONS = addons()


def save(number, order):
    for option in order["options"]:
        if option in ADDONS and features().get(option) is True:
            order = ADDONS[option].apply(order, SHARED)
    with database() as db:
        db.execute(
            "INSERT OR REPLACE INTO orders (id, customer, item, quantity, options) VALUES (?, ?, ?, ?, ?)",
            (number, order["customer"], order["item"], order["quantity"], ",".join(order["options"])),
        )


def orders():
    with database() as db:
        for number, customer, item, quantity, options in db.execute("SELECT id, customer, item, quantity, options FROM orders ORDER BY id"):
            yield {"id": number, "customer": customer, "item": item, "quantity": quantity, "options": options.split(",") if options else []}


def problems():
    """What a health check finds."""
    for name, addon in ADDONS.items():
        try:
            addon.check(SHARED)
        except Exception:
            log.error("health: %s is not ready", name)
            yield name


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/orders":
            return self.answer(200, list(orders()))
        if self.path != "/health":
            return self.answer(404, {"error": "no such page"})
        found = list(problems())
        state = {"status": "failing" if found else "ok", "release": RELEASE, "features": features()}
        return self.answer(503 if found else 200, state)

    def do_PUT(self):
        try:
            number = self.path.removeprefix("/orders/")
            order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            order = {name: order[name] for name in FIELDS}
        except (KeyError, TypeError, ValueError):
            return self.answer(400, {"error": "not an order"})
        try:
            save(number, order)
        except Exception:
            log.exception("PUT %s", self.path)
            return self.answer(500, {"error": "the order was not saved"})
        return self.answer(201, {"id": number})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code="-", size="-"):
        log.info("%s %s %s", self.command, self.path, int(code))


log.info("listening")
ThreadingHTTPServer(("127.0.0.1", 8000), Shop).serve_forever()
