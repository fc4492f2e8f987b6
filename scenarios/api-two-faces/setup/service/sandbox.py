"""A sandbox of the service. What happens to an order depends on how its reference ends.

    python3 service/sandbox.py        serves http://localhost:8000, and prints the requests
"""

import faces

HAPPENS = {f"-{trouble.upper()}": trouble for trouble in (faces.LATE, faces.CUT, faces.LOST, faces.GATEWAY, faces.DOWN, faces.BUSY, faces.SERVER)}


class Sandbox(faces.Service):
    """Each trouble happens once to an order. A reference that ends in -MEANWHILE stands for an order
    whose quantity is doubled by somebody else at the moment when it is about to be replaced."""

    def __init__(self, port, log=lambda event: None):
        super().__init__(port, self.happens, patience=30, retry_after=1, log=log)
        self.happened = set()

    def happens(self, event):
        reference = event.name or ""
        if event.what == "replace" and event.name in self.orders.all:
            reference = self.orders.reference(event.name)
        _, dash, ending = reference.rpartition("-")
        if event.what not in ("place", "replace") or (event.face, reference) in self.happened:
            return None
        self.happened.add((event.face, reference))
        if event.what == "replace":
            if ending == "MEANWHILE":
                order, _ = self.orders.read(event.name)
                self.orders.replace(event.name, {**order, "quantity": order["quantity"] * 2})
            return None
        trouble = HAPPENS.get(dash + ending)
        return faces.DOWN if trouble == faces.SERVER and event.face == "rest" else trouble


def shown(event):
    """Return a line about a request."""
    answer = f"answered {event.status} {event.code}" if event.answered else "no answer in time"
    return f"{event.face:<5} {event.what:<14} {event.name or '':<16} {answer}"


if __name__ == "__main__":
    print("http://localhost:8000", flush=True)
    Sandbox(8000, log=lambda event: print(shown(event), flush=True)).serve_forever()
