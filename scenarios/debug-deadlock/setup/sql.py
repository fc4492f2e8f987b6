"""Run a statement as the administrator of the server, and print what it returns: python3 sql.py STATEMENT"""

import sys

import pymysql

with pymysql.connect(host="db", user="admin", password="admin", database="shop", autocommit=True) as connection, connection.cursor() as cursor:
    cursor.execute(sys.argv[1])
    for row in cursor.fetchall():
        print(*row, sep="\t")
