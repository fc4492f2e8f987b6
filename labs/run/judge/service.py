"""Services: the learner's code as a server, and requests to it.

    with endstate.Service("main", ["gunicorn", "app:app", "--timeout", "0", "--bind", "127.0.0.1:8000"]) as service:
        visitor = service.visitor()                    # keeps cookies, as a browser does
        answer = visitor.request("POST", "/login", form={"name": "ada", "password": "x"})
        answer.status, answer.header("Location"), answer.json(), answer.cookies

Switch a server's own timeouts off: they count a busy machine's time. A request that gets no answer raises Failed, which says why. Several services may run side by
side. While one runs, Program must not be asked anything: it ends all of the learner's processes.
"""

import http.client
import http.cookiejar
import http.cookies
import json
import socket
import time
import urllib.error
import urllib.parse
import urllib.request

LARGEST = 1 << 20  # bytes of an answer's body
PATIENCE = 60.0  # seconds; the host ends a service that waits for too long much earlier


class Service:
    """A server that the learner wrote, started in a folder of the learner's files."""

    def __init__(self, folder, command, port=8000, environment=None, ask=None, failed=None):
        self.port, self._ask, self._failed, self._id = port, ask, failed, None
        self._start = {"folder": folder, "command": command, "port": port, "environment": environment or {}}

    def __enter__(self):
        kind, data = self._ask(b"s", json.dumps(self._start).encode())
        self._id = data
        while True:
            self._demand()
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                time.sleep(0.02)
        self._ask(b"f", self._id)
        return self

    def __exit__(self, *_):
        self._ask(b"e", self._id)

    def _demand(self):
        """Raise Failed if the service has ended, or was ended."""
        kind, data = self._ask(b"p", self._id)
        if kind == b"c":
            raise self._failed(f"the service used up {int(data)} seconds of processor time")
        if kind == b"i":
            raise self._failed("the service does not answer: it waits for something that does not come")
        if kind == b"d":
            raise self._failed("the service ends by itself, or takes too much memory")

    @property
    def runs(self):
        """Whether the service still runs."""
        return self._ask(b"p", self._id)[0] == b"a"

    def visitor(self):
        """Return a client with cookies of its own."""
        return Visitor(self)

    def request(self, method, path, **more):
        """Make one request without cookies; see Visitor.request."""
        return self.visitor().request(method, path, **more)

    def _open(self, opener, request):
        self._ask(b"b", self._id)
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                return Answer(answer, answer.read(LARGEST))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error, error.read(LARGEST))
        except (OSError, http.client.HTTPException) as error:
            for _ in range(10):  # a process that is ending closes its connections first
                self._demand()
                time.sleep(0.05)
            raise self._failed(f"{request.get_method()} {urllib.parse.urlsplit(request.full_url).path} gets no answer: the connection is closed") from error
        finally:
            self._ask(b"f", self._id)


class Visitor:
    """A client that keeps cookies, as a browser does. It does not follow redirects.

    It sends cookies that are Secure, too: there is no TLS between the grader and the service.
    """

    def __init__(self, service):
        policy = http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https"))
        self.service, self.jar = service, http.cookiejar.CookieJar(policy)
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar), _NoRedirects()
        )

    def request(self, method, path, body=None, headers=None, json_body=None, form=None):
        """Make a request, and return its Answer, whatever its status.

        The body is bytes, or a value that is sent as JSON, or the fields of a form.
        """
        headers = dict(headers or {})
        if json_body is not None:
            body = json.dumps(json_body).encode()
            headers.setdefault("Content-Type", "application/json")
        if form is not None:
            body = urllib.parse.urlencode(form).encode()
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        url = f"http://127.0.0.1:{self.service.port}{path}"
        return self.service._open(self._opener, urllib.request.Request(url, data=body, headers=headers, method=method))

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Answer:
    """An answer to a request."""

    def __init__(self, answer, body):
        self.status, self.headers, self.body = answer.status, answer.headers.items(), body
        self.text = body.decode("utf-8", "replace")
        self.cookies = {}  # name: its attributes, with "value"; names of attributes are in lower case
        for name, line in self.headers:
            if name.lower() == "set-cookie":
                self.cookies.update(_cookie(line))

    def header(self, name):
        """Return the first header with the name, in any case, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def json(self):
        """Return the body as JSON, or None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def _cookie(line):
    first, *rest = line.split(";")
    name, _, value = first.strip().partition("=")
    attributes = {"value": value}
    for part in rest:
        key, _, given = part.strip().partition("=")
        attributes[key.lower()] = given or True
    return {name: attributes}
