cd ~/shop && git checkout --quiet .
python3 - <<'PY'
import os
import pymysql

connection = pymysql.connect(host="db", user="admin", password="admin", database=os.environ["database"])
connection.cursor().execute("CREATE INDEX order_by_status ON shop_order (status)")
PY
