"""The customers' service. What it stores, and how, is in store.py."""
import contextlib
import json
import logging
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pymysql

import store

COLOR, PORT = sys.argv[1], int(sys.argv[2])
with open("/srv/shop/shared/database.json") as file:
    DATABASE = json.load(file)
STATEMENT = 2.5  # seconds that a statement takes to be set

logging.basicConfig(format="%(levelname)s " + COLOR + " %(message)s", level=logging.INFO)
log = logging.getLogger()
busy = 0
counting = threading.Lock()


@contextlib.contextmanager
def work():
    """Counts the requests at work."""
    global busy
    with counting:
        busy += 1
    try:
        yield
    finally:
        with counting:
            busy -= 1


@contextlib.contextmanager
def database():
    connection = pymysql.connect(**DATABASE, autocommit=True)
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def health():
    try:
        with database() as cursor:
            store.check(cursor)
        return "ok"
    except Exception as error:
        log.error("health: %s: %s", type(error).__name__, error)
        return "failing"


def statement():
    with database() as cursor:
        first = store.longest(cursor)
        time.sleep(STATEMENT)
        return {"widths": [first, store.longest(cursor)]}


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            state = health()
            return self.answer(200 if state == "ok" else 503, {"status": state, "release": store.RELEASE, "color": COLOR, "busy": busy})
        with work():
            if self.path == "/statement":
                return self.attempt(200, statement)
            if self.path == "/customers":
                return self.attempt(200, self.all)
            return self.answer(404, {"error": "no such page"})

    def all(self):
        with database() as cursor:
            return list(store.all(cursor))

    def do_PUT(self):
        with work():
            try:
                number = self.path.removeprefix("/customers/")
                customer = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                values = number, str(customer["name"]), bool(customer["family_first"]), str(customer["city"])
            except (KeyError, TypeError, ValueError):
                return self.answer(400, {"error": "not a customer"})
            return self.attempt(201, lambda: self.save(*values))

    def save(self, *values):
        with database() as cursor:
            store.save(cursor, *values)
        return {"id": values[0]}

    def attempt(self, status, act):
        try:
            value = act()
        except Exception:
            log.exception("%s %s", self.command, self.path)
            return self.answer(500, {"error": "it did not work"})
        return self.answer(status, value)

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code="-", size="-"):
        log.info("%s %s %s", self.command, self.path, int(code))


log.info("listening on port %d", PORT)
ThreadingHTTPServer(("127.0.0.1", PORT), Shop).serve_forever()
