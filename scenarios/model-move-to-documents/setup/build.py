# Makes the products with their attributes, and stores them twice: as rows of attributes and
# values in MySQL, and as documents in MongoDB, which are the right end state.
import datetime, decimal, json, os, random
import bson, pymongo, pymysql

given = os.environ
draw = random.Random(int(given["seed"]))
database = given["database"]
written, gaps, embedded, lists, day = (json.loads(given[name]) for name in ("written", "gaps", "embedded", "list", "day"))

# The attributes: code, type, whether it is a list.
attributes = [
    (given["whole"], "integer", False), (given["serial"], "integer", False), ("barcode", given["barcode"], False),
    (given["weight"], "decimal", False), (given["exact"], "decimal", False), (given["released"], "date", False),
    (given["flag"], "boolean", False), (given["series"], "text", False), (given["notes"], "text", False),
    (lists["numbers"], "integer", True), (lists["texts"], "text", True),
] + [(f"{embedded['group']}.{field}", kind, False) for field, kind in embedded["fields"]]
draw.shuffle(attributes)

numbered = ["007", "1e3", "true", "NULL", "2024-03-05", "3.10", "0", "-", "12", "null", "1,5"]
remarks = [
    'Wipe with a "damp" cloth.\nDon\'t bleach.', "See C:\\temp\\new\\labels", "wash\tdry\tstore", "Up to 40 °C, naïve ☂",
    "{\"not\": \"JSON\"}", "O'Neill; -- ok", "Store dry. " * 140 + "End.", "\\N", "a, b; c|d",
]
words = ["blue", "red", "green", "black", "white"] if lists["texts"] == "colours" else ["oak", "steel", "cotton", "glass", "cork"]


def value(code, kind):
    """Draws a value, as a document holds it."""
    if code == given["notes"]:
        return draw.choice(remarks)
    if code == "barcode":
        text = str(draw.randrange(10**12, 10**13))
        return int(text) if kind == "integer" else "00" + text[2:]
    if code == given["serial"]:
        return draw.choice([draw.randrange(2**31, 2**33), 2**53 + 1 + 2 * draw.randrange(10**6), draw.randrange(-(10**6), 10**6)])
    if kind == "integer":
        return draw.choice([0, -3, draw.randrange(1, 400)])
    if code == given["exact"]:
        return decimal.Decimal(draw.randrange(10**24, 10**25)).scaleb(-24) if draw.random() < 0.7 else decimal.Decimal("0.10")
    if kind == "decimal":
        return decimal.Decimal(draw.randrange(1, 90000)).scaleb(-3)
    if kind == "date":
        return datetime.datetime(draw.choice([1968, 2023, 2024, 2025]), draw.randrange(1, 13), draw.randrange(1, 29))
    if kind == "boolean":
        return draw.random() < 0.6
    return draw.choice(words if "." in code else numbered)


def entries(kind):
    """Draws a list; a list with one entry is a list, too."""
    of = [8, 9, 10, 36, 38, 100, 104] if kind == "integer" else words
    return draw.sample(of, draw.choice([1, 1, 2, 3, 4]))


def cell(one):
    """How a value is written in a row."""
    if isinstance(one, bool):
        return written["yes" if one else "no"]
    if isinstance(one, decimal.Decimal):
        return f"{one:f}".replace(".", given["point"])
    if isinstance(one, datetime.datetime):
        return f"{one:{day['format']}}"
    return str(one)


def stored(one):
    """A value as the driver takes it."""
    return bson.Decimal128(one) if isinstance(one, decimal.Decimal) else one


def write(i, number, attribute, rows):
    """Draws what product number i has of an attribute: rows, and what a document holds; nothing if it has no such field."""
    code, kind, many = attribute
    state = (i * 3 + number * 5) % 11 if i % 17 else 0           # every seventeenth product has no row at all
    if state == 0:
        return []
    if state == 1:                                              # known to have none, or not known
        rows.append((i, number, 1, None if gaps["null"] == "NULL" else ""))
        return [[] if many else None]
    if state == 2 and (gaps["null"] != "NULL" or (kind == "text" and not many)):
        rows.append((i, number, 1, None if gaps["null"] != "NULL" else ""))
        return [] if gaps["null"] != "NULL" else [""]
    if not many:
        one = value(code, kind)
        rows.append((i, number, 1, cell(one)))
        return [stored(one)]
    found, position = entries(kind), 0
    for one in found:
        position += draw.choice([1, 1, 2, 9])
        rows.append((i, number, position, cell(one)))
    return [found]


def product(i, names, rows):
    """Makes a product: its document; its values go to rows."""
    fields = {}
    for number, attribute in enumerate(attributes, 1):
        for one in write(i, number, attribute, rows):
            outer, _, inner = attribute[0].partition(".")
            if inner:
                fields.setdefault(outer, {})[inner] = one
            else:
                fields[outer] = one
    return {"_id": i * 7 + 100, "sku": f"{names[i - 1][:3].upper()}-{1000 + i * 13}", "name": names[i - 1], "attributes": fields}


def money(products):
    """Orders with their lines and payments."""
    orders, lines, payments = [], [], []
    for number in range(1, 61):
        at = datetime.datetime(2026, 1, 1) + datetime.timedelta(minutes=draw.randrange(80000))
        orders.append((number, f"Customer {draw.randrange(1, 40)}", at))
        chosen = [(number, one["_id"], draw.randrange(1, 4), draw.randrange(500, 40000) / 100) for one in draw.sample(products, draw.choice([1, 2, 3]))]
        lines += chosen
        payments.append((number, number, sum(round(line[2] * line[3], 2) for line in chosen), at + datetime.timedelta(minutes=5)))
    return orders, lines, payments


with open("products.txt", encoding="utf-8") as file:
    names = file.read().split("\n")
rows = []
products = [product(i, names, rows) for i in range(1, int(given["products"]) + 1)]
keys = {i: one["_id"] for i, one in enumerate(products, 1)}
values = [(keys[i], number, position, text) for i, number, position, text in rows]
# Values of products that were deleted: as right as the others, for whoever converts all before looking.
values += [(9000 + n, number, 1, cell((entries(kind) if many else [value(code, kind)])[0]))
           for n in range(4) for number, (code, kind, many) in enumerate(attributes[:3], 1)]
draw.shuffle(values)

mysql = pymysql.connect(read_default_file="/home/learner/.my.cnf")
with mysql.cursor() as cursor, open("schema.sql", encoding="utf-8") as schema:
    for statement in schema.read().split(";\n"):
        if statement.strip():
            cursor.execute(statement)
    cursor.executemany("INSERT INTO products VALUES (%s, %s, %s, %s)",
                       [(one["_id"], one["sku"], one["name"], draw.randrange(500, 40000) / 100) for one in products])
    cursor.executemany("INSERT INTO attributes VALUES (%s, %s, %s, %s)", [(n, *one) for n, one in enumerate(attributes, 1)])
    cursor.executemany("INSERT INTO product_values VALUES (%s, %s, %s, %s, %s)", [(n, *one) for n, one in enumerate(values, 1)])
    for table, of in zip(("orders", "order_lines", "payments"), money(products)):
        cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(of[0]))})", of)
mysql.commit()

mongodb = pymongo.MongoClient("mongodb://mongodb")[database]
mongodb.products.insert_many(products)
mongodb.reviews.insert_many([{"_id": n, "product": draw.choice(products)["_id"], "stars": draw.randrange(1, 6)} for n in range(1, 41)])
