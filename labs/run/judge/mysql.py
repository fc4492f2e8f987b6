"""MySQL: the server that runs beside a judge, if the look asks for one with `server: mysql`.

    db = endstate.MySQL()
    db.create("shop", "schema.sql", user="shop", password="secret")   # schema.sql is in the judge's folder
    db.run("INSERT INTO shop.customers (name) VALUES (%s)", "Ada")
    with endstate.Service("main", [...]) as service:
        with db.counting() as counted:
            service.get("/orders")
    counted["Com_select"]                                             # SELECTs that others have sent
    db.run("SELECT COUNT(*) AS n FROM shop.orders")                   # [{"n": 3}]

The learner's code can only log in as the users that the judge creates.
"""

import contextlib
import os
import secrets
import sys
import time

import rebuilt

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 90.0  # seconds that the server may take to start; the look ends earlier
LOCKS = 10  # seconds that the judge waits for locks
LOST = (2003, 2006, 2013, 2014, 2055)  # errors of a connection
LOCKED = (1205, 3572)  # errors of a wait for a lock
SILENT = "the server beside the judge does not answer"
UNGRADED = 75  # exit status of a judge that could not look

COUNTERS = """SHOW {} STATUS WHERE variable_name LIKE 'Com\\_%' OR variable_name IN ('Questions', 'Bytes_sent')"""


class MySQL:
    """The server beside the judge, as its administrator. It is empty at the start of each check."""

    def __init__(self, failed):
        import pymysql

        self._driver, self._failed = pymysql, failed
        self._connection = self._first()
        self.run(f"ALTER USER CURRENT_USER() IDENTIFIED BY '{secrets.token_hex(16)}'")
        self.run("DROP USER admin@'%'")
        self.run(f"SET lock_wait_timeout = {LOCKS}, innodb_lock_wait_timeout = {LOCKS}")

    def _first(self):
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self._driver.connect(
                    host="127.0.0.1", user="endstate", charset="utf8mb4", autocommit=True,
                    cursorclass=self._driver.cursors.DictCursor, client_flag=self._driver.constants.CLIENT.MULTI_STATEMENTS,
                )
            except self._driver.err.OperationalError as error:
                if time.monotonic() > until:
                    give_up(f"{SILENT}: {error}")
            time.sleep(0.05)

    def run(self, statements, *values):
        """Run statements, with values for the %s in them, and return the last one's rows as dictionaries."""
        with self._cursor() as cursor:
            cursor.execute(statements, values or None)
            rows = list(cursor.fetchall())
            while cursor.nextset():
                rows = list(cursor.fetchall())
            return rows

    def fill(self, statement, rows):
        """Run an INSERT once for each row of values, in one go."""
        with self._cursor() as cursor:
            cursor.executemany(statement, rows)

    @contextlib.contextmanager
    def _cursor(self):
        """Give a cursor, and say whose fault an error is."""
        try:
            with self._connection.cursor() as cursor:
                yield cursor
        except self._driver.err.MySQLError as error:
            if self._code(error) in LOCKED:
                raise self._failed("the service keeps rows or tables locked") from error
            raise

    def _code(self, error):
        """Return the code of the server's error. If the server does not answer, end the judge."""
        code = error.args[0] if error.args else 0
        if code in LOST or isinstance(error, self._driver.err.InterfaceError):
            give_up(f"{SILENT}: {error}")
        return code

    def rebuild(self, database):
        """Create a database of the lab's server again, without rows, and return it, a rebuilt.Rebuilt."""
        made = rebuilt.Rebuilt(self, database, self._driver, self._failed, self._code)
        if made.lacking:
            give_up(f"the server beside the judge refuses {made.lacking}")
        return made

    def create(self, database, *files, user=None, password="", grants="ALL"):
        """Create a database, run files of the judge's folder in it, and create a user who may use it."""
        self.run(f"CREATE DATABASE `{database}`; USE `{database}`")
        for name in files:
            with open(os.path.join(HERE, name), encoding="utf-8") as file:
                self.run(file.read())
        if user:
            self.run("CREATE USER IF NOT EXISTS %s@'%%' IDENTIFIED BY %s", user, password)
            self.run(f"GRANT {grants} ON `{database}`.* TO %s@'%%'", user)

    def drop(self, database):
        """Drop a database."""
        self.run(f"DROP DATABASE `{database}`")

    def counting(self):
        """Return a context that counts the statements that all others send in it."""
        return Counted(self)

    def counters(self):
        """Return the server's counters without the judge's share: Com_select and its like, Questions, Bytes_sent."""
        every, own = ({row["Variable_name"]: int(row["Value"]) for row in self.run(COUNTERS.format(scope))} for scope in ("GLOBAL", "SESSION"))
        return {name: value - own.get(name, 0) for name, value in every.items()}


class Counted(dict):
    """How far the server's counters have moved, by name. All statements of clients are under Questions."""

    def __init__(self, server):
        super().__init__()
        self._server = server

    def __enter__(self):
        self._before = self._server.counters()
        return self

    def __exit__(self, *_):
        after = self._server.counters()
        self.update({name: after[name] - before for name, before in self._before.items()})


def give_up(why):
    """End a judge that can't look: the check is ungraded."""
    print(why, file=sys.stderr, flush=True)
    os._exit(UNGRADED)
