"""Visitors: clients of a service that keep cookies as a browser does, and the answers that they get."""

import email.utils
import http.client
import json
import urllib.parse

LARGEST = 1 << 20  # bytes of an answer's body
PATIENCE = 60.0  # seconds; the host ends a service that waits for too long much earlier
LONGEST = 4096  # bytes of a cookie, as in browsers
MANY = 2000  # cookies that are remembered of a service
HOST = "127.0.0.1"


class Visitor:
    """A client that keeps cookies, as a browser does. It does not follow redirects.

    It treats the connection as secure, so it sends Secure cookies, too: a proxy in front of the
    service would have ended TLS. jar holds its cookies; jar.refused says which ones it refused.
    """

    def __init__(self, service, cookies=None):
        self.service, self.jar = service, Jar(service.now)
        for name, value in (cookies or {}).items():
            self.jar.plant(name, value)

    def request(self, method, path, body=None, headers=None, json_body=None, form=None, site="same"):
        """Make a request, and return its Answer, whatever its status.

        The body is bytes, or a value that is sent as JSON, or the fields of a form. With
        site="cross", a page of another site makes it, so cookies that are SameSite stay at home.
        """
        headers = dict(headers or {})
        if json_body is not None:
            body = json.dumps(json_body).encode()
            headers.setdefault("Content-Type", "application/json")
        if form is not None:
            body = urllib.parse.urlencode(form).encode()
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        cookies = self.jar.header(urllib.parse.urlsplit(path).path, method, site)
        if cookies:
            headers.setdefault("Cookie", cookies)
        answer = self.service.send(method, path, body, headers)
        for line in answer.all("set-cookie"):
            self.jar.take(*parse(line), path)
            if len(self.service.cookies) < MANY:
                self.service.cookies.append(parse(line[:LONGEST]))
        return answer

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)

    def cookies(self):
        """Return what a thief would copy: the values of all cookies, by name."""
        return {name: cookie["value"] for name, cookie in self.jar.cookies.items()}


class Jar:
    """The cookies that a browser keeps of one site (RFC 6265), by the clock now.

    Cookies with the same name and different paths replace each other.
    """

    def __init__(self, now):
        self.now, self.cookies, self.refused = now, {}, {}

    def plant(self, name, value):
        """Put in a cookie that somebody else chose."""
        self.cookies[name] = {"value": value, "path": "/", "samesite": "lax", "ends": None}

    def take(self, name, cookie, path):
        """Keep, replace or delete a cookie that the answer to a request for path sets."""
        why = _refusal(name, cookie)
        if why:
            self.refused[name] = why
            return
        cookie["ends"] = _end(cookie, self.now())
        if not str(cookie.get("path", "")).startswith("/"):
            cookie["path"] = path.partition("?")[0].rpartition("/")[0] or "/"
        if cookie["ends"] is not None and cookie["ends"] <= self.now():
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = cookie

    def header(self, path, method="GET", site="same"):
        """Return the Cookie header of a request, or an empty string."""
        self.cookies = {n: c for n, c in self.cookies.items() if c["ends"] is None or c["ends"] > self.now()}
        return "; ".join(f"{n}={c['value']}" for n, c in self.cookies.items() if _within(path, c["path"]) and _travels(c, method, site))


def parse(line):
    """Return the name of a Set-Cookie header's cookie, and its attributes by their names in lower
    case, with its value as "value". An attribute without a value is True."""
    first, *rest = line.split(";")
    name, _, value = first.strip().partition("=")
    attributes = {}
    for part in rest:
        key, _, given = part.strip().partition("=")
        attributes[key.strip().lower()] = given.strip() or True
    attributes["value"] = value
    return name, attributes


def _refusal(name, cookie):
    """Return why a browser refuses a cookie, or None."""
    domain, path, secure = cookie.get("domain"), cookie.get("path"), "secure" in cookie
    if len(name) + len(cookie["value"]) > LONGEST:
        return f"it is longer than {LONGEST} bytes"
    if isinstance(domain, str) and domain.lstrip(".") != HOST:
        return "its Domain is not that of the site"
    if name.startswith("__Host-") and (not secure or path != "/" or domain):
        return "a name that begins with `__Host-` needs Secure and Path=/, and no Domain"
    if name.startswith("__Secure-") and not secure:
        return "a name that begins with `__Secure-` needs Secure"
    if str(cookie.get("samesite", "")).lower() == "none" and not secure:
        return "SameSite=None needs Secure"
    return None


def _end(cookie, now):
    """Return when a browser deletes a cookie, in seconds since 1970, or None if it does so when it is closed."""
    try:
        return now + int(cookie["max-age"])
    except (KeyError, ValueError):
        pass
    try:
        return email.utils.parsedate_to_datetime(str(cookie["expires"]).replace("-", " ")).timestamp()
    except (KeyError, ValueError, OverflowError):
        return None


def _within(path, folder):
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _travels(cookie, method, site):
    """Return whether a browser sends a cookie with a request that a page of that site makes."""
    samesite = str(cookie.get("samesite", "lax")).lower()
    return site == "same" or samesite == "none" or (samesite != "strict" and method == "GET")


class Answer:
    """An answer to a request: its status, headers as pairs, body as bytes, and text."""

    def __init__(self, answer, body):
        self.status, self.headers, self.body = answer.status, answer.headers.items(), body
        self.text = body.decode("utf-8", "replace")
        self.cookies = dict(parse(line) for line in self.all("set-cookie"))  # by name: see parse

    def header(self, name):
        """Return the first header with the name, in any case, or None."""
        return next(iter(self.all(name)), None)

    def all(self, name):
        """Return all headers with the name, in any case."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def json(self):
        """Return the body as JSON, or None if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def exchange(port, method, path, body, headers):
    """Make a request, and return its Answer, or the error if there is none."""
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return Answer(answer, answer.read(LARGEST))
    except (OSError, http.client.HTTPException) as error:
        return error
    finally:
        connection.close()
