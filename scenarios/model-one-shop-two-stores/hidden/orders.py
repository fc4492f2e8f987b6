"""Orders that the learner's procedure makes: right ones, ones that fail, and ones beside other changes."""

import secrets
from decimal import Decimal

from shop import shown

# Where an order may fail: any statement that changes one of these tables.
PLACES = [(table, moment) for table in ("orders INSERT", "stock UPDATE", "customers UPDATE") for moment in ("BEFORE", "AFTER")]


class Orders:
    """The procedure of a shop."""

    def __init__(self, server, store, rules):
        self._server, self._store, self._rules = server, store, rules
        self._call, self._session = f"CALL {rules['routine']}(%s, %s, %s, %s, %s, %s)", None

    def placed(self):
        """Orders that can be made, up to the last piece and the last cent."""
        floor, most = self._rules["floor"], self._rules["most"]
        for credit, pieces, bought, price in ((1000, 90, 3, Decimal("19.99")), (Decimal("0.90") - floor, 9, 9, Decimal("0.10")), (50, most, most, 0)):
            customer, place = self._store.customer(credit=credit), self._store.stock(pieces=pieces)
            order, other = self._store.number(), self._store.customer(credit=7)
            code = self._order(order, customer, place, bought, price)
            if code:
                return f"An order of {bought} pieces at {price}, with {pieces} in stock and a credit of {credit}, fails with error {code}"
            self._end("ROLLBACK")  # what is committed stays
            wrong = self._wrong(self._state(customer, place), credit - bought * price, pieces - bought)
            if wrong:
                return f"After an order of {bought} pieces at {price}, {wrong}"
            right = {"id": order, "customer_id": customer, "sku": place[0], "warehouse": place[1], "pieces": bought, "total": bought * price}
            rows = self._server.run(f"SELECT {', '.join(f'{name} AS `{name}`' for name in right)} FROM `{self._rules['database']}`.orders WHERE id = %s", order)
            if rows != [right]:
                return f"An order of {bought} pieces at {price} is not in `orders` as it was made"
            if self._state(other, place)[0] != 7:
                return "An order changes the credit of another customer"

    def half_way(self):
        """Orders that fail: for a reason of their own, or because a statement fails."""
        customer, place = self._store.customer(credit=100), self._store.stock(pieces=5)
        taken = self._store.order(customer, place)
        for what, arguments in (
            ("for which the credit is too low", (None, customer, place, 2, Decimal(51 + self._rules["floor"]))),
            ("of more pieces than the stock has", (None, customer, place, 6, 1)),
            ("of −1 pieces", (None, customer, place, -1, 5)),
            ("of 0 pieces", (None, customer, place, 0, 5)),
            ("whose `id` is taken", (taken, customer, place, 1, 1)),
            ("of a customer who does not exist", (None, self._store.number(), place, 1, 1)),
            ("from a warehouse that has no such product", (None, customer, (place[0], "NOWHERE"), 1, 1)),
        ):
            wrong = self._fails(what, arguments, customer, place)
            if wrong:
                return wrong
        return self._interrupted(customer, place) or self._cut(customer, place)

    def _interrupted(self, customer, place):
        for table, moment in PLACES:
            name, _, event = table.partition(" ")
            fault = f"`{self._rules['database']}`.t{secrets.token_hex(8)}"
            self._server.run(f"""CREATE TRIGGER {fault} {moment} {event} ON `{self._rules['database']}`.{name}
                FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'out of order'""")
            wrong = self._fails(f"that is stopped by an error in `{name}`", (None, customer, place, 1, 1), customer, place)
            self._server.run(f"DROP TRIGGER {fault}")
            if wrong:
                return wrong
        if self._order(self._store.number(), customer, place, 1, 1):
            return "After orders that failed, the next one fails, too"

    def _cut(self, customer, place):
        """The connection of an order breaks while it waits for a row that another session reads."""
        database = self._store.database
        for table, where, values in (("customers", "id = %s", [customer]), ("stock", "sku = %s AND warehouse = %s", place)):
            before, other = self._state(customer, place), database.connect()
            self._store.run("START TRANSACTION", session=other)
            self._store.run(f"SELECT 1 FROM {table} WHERE {where} FOR SHARE", *values, session=other)
            call = database.start(self._call, self._store.number(), customer, *place, 1, 1, session=database.connect())
            database.waits(call)
            database.cut(call)
            other.close()
            if self._state(customer, place) != before:
                return f"An order whose connection breaks while it waits for `{table}` is left half done"

    def _fails(self, what, arguments, customer, place):
        """Make an order that must fail, and end the transaction that it may have left open."""
        id, buyer, where, pieces, price = arguments
        before = self._state(customer, place)
        code = self._order(id or self._store.number(), buyer, where, pieces, price)
        self._end("COMMIT")
        after = self._state(customer, place)
        if code == 0:
            return f"An order {what} does not fail with an error"
        if after != before:
            changed = [name for name, old, new in zip(("the credit", "the stock", "the number of orders"), before, after) if old != new]
            return f"An order {what} fails, but changes {' and '.join(changed)} (as the next COMMIT of the session shows)"

    def at_once(self):
        """Another session has changed the same row when the order comes, and then commits or takes it back."""
        for change, end, credit, pieces in (("customers SET credit = credit - 30", "COMMIT", 60, 49), ("stock SET pieces = pieces - 20", "COMMIT", 90, 29),
                                            ("customers SET credit = credit + 30", "ROLLBACK", 90, 49)):
            customer, place = self._store.customer(credit=100), self._store.stock(pieces=50)
            table = change.split()[0]
            where, values = ("id = %s", [customer]) if table == "customers" else ("sku = %s AND warehouse = %s", place)
            mine, other = self._store.database.connect(), self._store.database.connect()
            self._store.run("START TRANSACTION", session=other)
            self._store.run(f"UPDATE {change} WHERE {where}", *values, session=other)
            call = self._store.database.start(self._call, self._store.number(), customer, *place, 1, 10, session=mine)
            self._store.database.waits(call)
            self._store.run(end, session=other)
            code = call.refusal()
            mine.close()
            other.close()
            # Who does not wait, or notices the change, may fail. Then it is as if the order had not been tried.
            wrong = self._wrong(self._state(customer, place), *((credit + 10, pieces + 1) if code else (credit, pieces)))
            if wrong:
                return f"After an order that {'failed' if code else 'was made'} while another session changed `{table}` ({end}), {wrong}"

    def _order(self, id, customer, place, pieces, price):
        """Call the procedure in a new session, and return the code of the error, or 0."""
        self._session = self._store.database.connect()
        return self._store.refusal(self._call, id, customer, *place, pieces, price, session=self._session)

    def _end(self, how):
        """End the session of the last call, and the transaction that it may have left open."""
        self._store.refusal(how, session=self._session)
        self._session.close()

    def _state(self, customer, place):
        """Return a customer's credit, a row's pieces, and how many orders there are, as another session sees them."""
        database = self._rules["database"]
        row = self._server.run(f"""SELECT (SELECT credit FROM `{database}`.customers WHERE id = %s) AS credit, (SELECT COUNT(*) FROM `{database}`.orders) AS orders,
            (SELECT pieces FROM `{database}`.stock WHERE sku = %s AND warehouse = %s) AS pieces""", customer, *place)[0]
        return row["credit"], row["pieces"], row["orders"]

    @staticmethod
    def _wrong(state, credit, pieces):
        if state[0] != credit:
            return f"the credit is {shown(state[0])} and should be {credit}"
        if state[1] != pieces:
            return f"the stock has {shown(state[1])} pieces and should have {pieces}"
