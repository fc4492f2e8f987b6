"""Sends each quote to sales by mail. If that fails, the customer still gets an answer."""

import os


def offer(request, log):
    try:
        if os.environ.get("MAIL") == "down":
            raise ConnectionRefusedError(111, "Connection refused")
    except OSError:
        log.warning("%s the mail server does not answer; will try again later", request, exc_info=True)
