sv down blue green
python3 - <<'PY'
# As long as a customer is patient, and longer, on a slow machine too.
import subprocess, time
end = time.monotonic() + 9
for _ in range(30):
    subprocess.run(["python3", "-c", "import http.server, json, sqlite3"])
time.sleep(max(0, end - time.monotonic()))
PY
sv up blue green
until curl --silent --fail --output /dev/null http://localhost:8080/health; do sleep 0.1; done
