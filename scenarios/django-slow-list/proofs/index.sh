cd ~/desk && git checkout --quiet .
python3 - <<'PY'
import os
import pymysql

connection = pymysql.connect(host="db", user="admin", password="admin", database=os.environ["database"])
connection.cursor().execute("CREATE INDEX ticket_by_status ON ticket (status)")
PY
