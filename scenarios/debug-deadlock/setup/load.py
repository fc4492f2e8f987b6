"""Make many requests at the same time to the service on port 8000, and count the answers."""

import collections
import concurrent.futures
import json
import random
import urllib.error
import urllib.request
import uuid


def post(path, body):
    request = urllib.request.Request(f"http://127.0.0.1:8000{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return path, answer.status
    except urllib.error.HTTPError as error:
        return path, error.code


def visit(customer):
    order = uuid.uuid4().hex
    skus = random.sample(["K-1", "K-2", "K-3", "K-4"], 3)
    yield post("/orders", {"id": order, "customer": customer, "items": {sku: 1 for sku in skus}})
    yield post("/returns", {"id": order})


with concurrent.futures.ThreadPoolExecutor(8) as pool:
    counts = collections.Counter(answer for answers in pool.map(lambda n: list(visit(1 + n % 4)), range(150)) for answer in answers)
for (path, status), count in sorted(counts.items()):
    print(f"{path:10} {status}  {count}")
