# The customer, then the order, then the products.
cd ~/"$project" && python3 - <<'PY'
text = open("app.py").read()
open("app.py", "w").write(text[: text.index('@app.post("/orders")')] + '''def lock_customer(cursor, customer):
    cursor.execute("SELECT id FROM customers WHERE id = %s FOR UPDATE", (customer,))
    return cursor.fetchone() or flask.abort(404)


@app.post("/orders")
def order():
    wanted = flask.request.get_json()
    with transaction() as cursor:
        lock_customer(cursor, wanted["customer"])
        if cursor.execute("INSERT IGNORE INTO orders (id, customer, total) VALUES (%s, %s, 0)", (wanted["id"], wanted["customer"])) == 0:
            return {"id": wanted["id"]}, 200
        skus = sorted(wanted["items"])
        cursor.execute("SELECT sku, price, pieces FROM stock WHERE sku IN %s ORDER BY sku FOR UPDATE", (skus,))
        stock = {row["sku"]: row for row in cursor.fetchall()}
        if any(sku not in stock or stock[sku]["pieces"] < wanted["items"][sku] for sku in skus):
            flask.abort(409)
        total = sum(stock[sku]["price"] * wanted["items"][sku] for sku in skus)
        for sku in skus:
            take(cursor, sku, wanted["items"][sku])
        cursor.executemany("INSERT INTO items VALUES (%s, %s, %s)", [(wanted["id"], sku, wanted["items"][sku]) for sku in skus])
        cursor.execute("UPDATE orders SET total = %s WHERE id = %s", (total, wanted["id"]))
        cursor.execute("UPDATE customers SET spent = spent + %s WHERE id = %s", (total, wanted["customer"]))
    return {"id": wanted["id"]}, 201


@app.post("/returns")
def give_back():
    wanted = flask.request.get_json()
    with transaction() as cursor:
        cursor.execute("SELECT customer FROM orders WHERE id = %s", (wanted["id"],))
        found = cursor.fetchone() or flask.abort(404)
        lock_customer(cursor, found["customer"])
        cursor.execute("SELECT total, returned FROM orders WHERE id = %s FOR UPDATE", (wanted["id"],))
        order = cursor.fetchone()
        if not order["returned"]:
            cursor.execute("UPDATE orders SET returned = TRUE WHERE id = %s", (wanted["id"],))
            cursor.execute("SELECT sku, pieces FROM items WHERE id = %s", (wanted["id"],))
            for row in sorted(cursor.fetchall(), key=lambda row: row["sku"]):
                cursor.execute("UPDATE stock SET pieces = pieces + %s WHERE sku = %s", (row["pieces"], row["sku"]))
            cursor.execute("UPDATE customers SET spent = spent - %s WHERE id = %s", (order["total"], found["customer"]))
    return {"id": wanted["id"]}, 200
''')
PY
