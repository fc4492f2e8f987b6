mkdir "/home/learner/$project"
cp README.md app.py load.py sql.py "/home/learner/$project"
python3 - <<'PY'
import os
import random

import pymysql

some = random.Random(os.environ["seed"])
connection = pymysql.connect(host="db", user="admin", password="admin", autocommit=True, client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS)
with connection, connection.cursor() as cursor:
    cursor.execute("CREATE DATABASE shop; CREATE USER shop@'%' IDENTIFIED BY 'secret'; GRANT ALL ON shop.* TO shop@'%'; USE shop")
    while cursor.nextset():
        pass
    with open("schema.sql") as file:
        cursor.execute(file.read())
    while cursor.nextset():
        pass
    cursor.executemany("INSERT INTO customers (id, name) VALUES (%s, %s)", [(n, f"Customer {n}") for n in range(1, 9)])
    cursor.executemany("INSERT INTO stock VALUES (%s, %s, 100000)", [(f"K-{n}", some.randrange(100, 9900)) for n in range(1, 9)])
PY
chown -R learner: "/home/learner/$project"
