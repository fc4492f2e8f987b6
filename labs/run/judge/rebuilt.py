"""A database of the learner's server, created again without its rows beside a judge.

    shop = endstate.MySQL().rebuild("shop")           # the look lists it in `databases`
    shop.refusal("INSERT INTO orders VALUES (%s, 0)", 1)   # 3819: the code of the server's error, or 0
    shop.run("SELECT id FROM orders")                 # [{"id": 1}]
    call = shop.start("CALL pay(1, 2, 5)")            # does not wait for the end
    shop.waits(call)                                  # True if it waits for a lock
    call.refusal()
    shop.cut(call)                                    # in place of that: as if its client had gone away

Statements run as an account that may do everything with this database, and nothing else. The
learner's triggers and routines run with its rights. If they do not end, Failed says so. After
that, every statement fails in the same way.
"""

import concurrent.futures
import contextlib
import json
import os
import secrets
import time

from host import IDLE, WORK, Clock

BUSY = 5.0  # seconds of a processor that the server may take for one statement
PAUSE = 0.02  # seconds between two looks at what is not done
# Seconds between two looks at the server's transactions. InnoDB shows the same again to whoever asks within 0.1 s
# of the last time (CACHE_MIN_IDLE_TIME_US in its trx0i_s.cc).
TRANSACTIONS_PAUSE = 0.12
LARGEST = 1 << 20  # characters that a statement may return


class TooLarge(Exception):
    """A statement returns too much."""


class Rebuilt:
    """The database."""

    def __init__(self, server, name, driver, failed, blame):
        self._server, self._name, self.driver, self._failed, self.blame = server, name, driver, failed, blame
        self._owner, self._password, self._over = f"owner-{secrets.token_hex(4)}", secrets.token_hex(16), None
        self._pool = concurrent.futures.ThreadPoolExecutor(4)
        with open(os.path.join(WORK, ".databases", name + ".json"), encoding="utf-8") as file:
            create, *parts = json.load(file)
        server.run(f"CREATE USER '{self._owner}'@'%' IDENTIFIED BY '{self._password}'; {create['sql']}; GRANT ALL ON `{name}`.* TO '{self._owner}'@'%'")
        self.session = self.connect()
        self.lacking = self._build(parts)

    def _build(self, parts):
        """Create what the database consists of, and return the start of a statement that failed, or "".

        Views may need others, so they are tried until none succeeds. Those left fail on the learner's server, too.
        """
        self.run("SET foreign_key_checks = 0")
        before = None
        while parts != before:
            before, parts = parts, [part for part in parts if self._create(part)]
        self.run("SET foreign_key_checks = 1, sql_mode = DEFAULT")
        return next((part["sql"][:60] for part in parts if not part["sql"].startswith("CREATE ALGORITHM=")), "")

    def _create(self, part):
        mode = part["sqlMode"]
        self.run("SET sql_mode = DEFAULT" if mode is None else f"SET sql_mode = '{mode}'")
        return self.refusal(part["sql"])

    def connect(self):
        """Return another connection, for statements that run at the same time."""
        return self.driver.connect(
            host="127.0.0.1", user=self._owner, password=self._password, database=self._name, charset="utf8mb4", autocommit=True,
            cursorclass=self.driver.cursors.SSDictCursor,
        )

    def start(self, statement, *values, session=None):
        """Start a statement, and return it as a Call."""
        return Call(self, session or self.session, self._pool, statement, values)

    def run(self, statement, *values, session=None):
        """Run a statement, and return its rows as dictionaries. What the server refuses is an error of the driver."""
        return self.start(statement, *values, session=session).rows()

    def refusal(self, statement, *values, session=None):
        """Run a statement, and return the code of the error with which the server refuses it, or 0."""
        return self.start(statement, *values, session=session).refusal()

    def waits(self, call):
        """Wait until a call waits for a lock, or has ended. Return whether it waits."""
        until = time.monotonic() + IDLE
        while not call.ended and time.monotonic() < until:
            query = "SELECT COUNT(*) AS n FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = %s AND trx_state = 'LOCK WAIT'"
            if self._server.run(query, call.thread)[0]["n"]:
                return True
            time.sleep(TRANSACTIONS_PAUSE)
        return False

    def end(self, call, why):
        """Kill a call that does not end, and fail."""
        self._over = self._over or why
        self._kill(call)
        self.demand()

    def cut(self, call):
        """End the connection of a call, as if its client had gone away. Its session can't be used any more."""
        self._kill(call)
        with contextlib.suppress(TooLarge, self.driver.err.MySQLError):
            call.rows()

    def _kill(self, call):
        with contextlib.suppress(self.driver.err.OperationalError):  # it may have ended meanwhile
            self._server.run("KILL %s", call.thread)

    def demand(self):
        """Fail if a statement did not end."""
        if self._over:
            raise self._failed(self._over)


class Call:
    """A statement that runs, or has run."""

    def __init__(self, database, session, pool, statement, values):
        database.demand()
        self._database, self.thread = database, session.thread_id()
        self._future = pool.submit(self._execute, session, statement, values)

    @staticmethod
    def _execute(session, statement, values):
        """Return the rows of the last result. A cursor that is closed reads the rest, so one that returns too much stays open."""
        size, found, more = 0, [], True
        cursor = session.cursor()
        cursor.execute(statement, values or None)
        while more:
            rows = []
            for row in cursor:
                rows.append(row)
                size += sum(len(str(value)) for value in row.values())
                if size > LARGEST:
                    raise TooLarge
            if cursor.description:
                found = rows
            more = cursor.nextset()
        cursor.close()
        return found

    @property
    def ended(self):
        return self._future.done()

    def rows(self):
        """Wait for the end, and return the rows."""
        clock = None
        while True:
            try:
                return self._future.result(PAUSE)
            except concurrent.futures.TimeoutError:
                clock = clock or Clock()
                clock.look()
            except TooLarge:
                self._database.end(self, "a statement returns too much")
            if clock.served > BUSY:
                self._database.end(self, f"a statement does not end: it used {int(BUSY)} seconds of processor time")
            if clock.idle > IDLE:
                self._database.end(self, "a statement does not end: it waits for something that does not come")

    def refusal(self):
        """Wait for the end, and return the code of the server's error, or 0."""
        try:
            self.rows()
            return 0
        except self._database.driver.err.MySQLError as error:
            return self._database.blame(error)
