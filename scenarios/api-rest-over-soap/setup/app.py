"""The REST API. It is served by `gunicorn app:app`; the SOAP service is at SERVICE_URL."""

import os

import flask

SERVICE = os.environ["SERVICE_URL"]

app = flask.Flask(__name__)


@app.errorhandler(404)
def missing(_):
    return {"error": "there is nothing here yet"}, 501
