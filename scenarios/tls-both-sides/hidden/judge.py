# Calls the client with servers of its own: one that is right, and others that are not. What counts
# is what they receive.
import os
import socket
import ssl
import subprocess
import tempfile
import threading

import endstate

NAME = "api.%d.test" % endstate.random.randrange(10**6)
folder = tempfile.mkdtemp()
os.chmod(folder, 0o755)
EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]


def path(name):
    return os.path.join(folder, name)


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def authority(name, subject):
    openssl("req", "-x509", *EC, "-keyout", path(name + ".key"), "-out", path(name + ".crt"), "-subj", "/CN=" + subject,
            "-days", "10", "-addext", "keyUsage=critical,keyCertSign,cRLSign")


def issue(name, issuer, names, usage="serverAuth", dates=("-days", "9"), ca=False):
    """Make NAME.pem, with the chain, and NAME.key."""
    openssl("req", "-new", *EC, "-keyout", path(name + ".key"), "-subj", "/CN=" + (names or name), "-out", path(name + ".csr"))
    lines = ["subjectKeyIdentifier=hash", "authorityKeyIdentifier=keyid"]
    lines += ["basicConstraints=critical,CA:true", "keyUsage=critical,keyCertSign"] if ca else ["keyUsage=critical,digitalSignature", "extendedKeyUsage=" + usage]
    lines += ["subjectAltName=DNS:" + names] if names else []
    with open(path("ext"), "w") as file:
        file.write("\n".join(lines) + "\n")
    openssl("x509", "-req", "-in", path(name + ".csr"), "-CA", path(issuer + ".crt"), "-CAkey", path(issuer + ".key"),
            "-extfile", path("ext"), *dates, "-out", path(name + ".crt"))
    with open(path(name + ".pem"), "w") as chain:
        for part in (name, issuer) if issuer == "between" else (name,):
            with open(path(part + ".crt")) as file:
                chain.write(file.read())
    os.chmod(path(name + ".key"), 0o644)


authority("root", "Root")
authority("other", "Root")  # the same name, another key
authority("clients", "Clients")
issue("between", "root", "", ca=True)
issue("right", "between", NAME)
issue("stranger", "other", NAME)
issue("neighbour", "between", "www" + NAME[3:])
issue("expired", "between", NAME, dates=("-not_before", "20250101000000Z", "-not_after", "20250601000000Z"))
issue("person", "between", NAME, usage="clientAuth")
issue("ada", "clients", "", usage="clientAuth")
authority("alone", NAME)
os.rename(path("alone.crt"), path("alone.pem"))


class Server:
    """A server with one of the certificates, which notes through which it received something. For
    later connections, it may have another one."""

    def __init__(self, name, knows=True, later=None):
        self.text, self.received, self.presented = "orders %d\n" % endstate.random.randrange(10**9), set(), None
        self.names, self.knows = [name, later or name], knows
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        name, later = self.names
        while True:
            plain, _ = self.listener.accept()
            try:
                plain.settimeout(5)
                with self.context(name).wrap_socket(plain, server_side=True) as conn:
                    self.answer(conn, name)
            except (OSError, ValueError):
                pass
            name = later

    def context(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path(name + ".pem"), path(name + ".key"))
        if self.knows:
            context.load_verify_locations(path("clients.crt"))
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def answer(self, conn, name):
        data = conn.recv(4096)
        self.presented = conn.getpeercert()
        if data:
            self.received.add(name)
            body = self.text.encode()
            conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))


client = endstate.Program(".")


def fetch(server, roots="root"):
    """Return what the client returns, or why it fails."""
    try:
        return client.call("orders.fetch", "/orders.txt", "127.0.0.1", server.port, NAME, path(roots + ".crt"), path("ada.pem"), path("ada.key")), ""
    except endstate.Failed as failed:
        return None, failed.says


def judge():
    for name, knows in (("right", True), ("right", False)):
        server = Server(name, knows)
        got, why = fetch(server)
        if got != (200, server.text):
            return "With the right server, `fetch` does not return its answer" + (": " + why if why else "") + "."
        if knows and dict(part[0] for part in server.presented["subject"]).get("commonName") != "ada":
            return "`fetch` does not show the client's certificate to the right server."
    server = Server("stranger")
    if fetch(server, roots="other")[0] != (200, server.text):
        return "`fetch` does not trust the roots that it is given."
    wrong = [
        ("stranger", "has a certificate from an authority that only has the name of a trusted one"),
        ("alone", "has a certificate that it signed itself"),
        ("neighbour", "has a certificate for another name"),
        ("expired", "has an expired certificate"),
        ("person", "has a certificate that is not meant for servers"),
    ]
    for name, what in wrong:
        server = Server(name, endstate.random.random() < 0.5)
        got, why = fetch(server)
        if server.received:
            return f"`fetch` sends its request to a server that {what}."
        if got is not None or "does not end" in why or "could not be loaded" in why:
            return f"With a server that {what}, `fetch` raises no exception."
    server = Server("right", later="stranger")
    fetch(server)
    if "stranger" in server.received:
        return "`fetch` verifies one connection, and sends its request through another, to a server that it did not verify."
    return ""


endstate.report({"wrong": judge()})
