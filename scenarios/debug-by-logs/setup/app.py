"""The service: what an order will cost."""

import logging
import uuid

import flask
import werkzeug.exceptions

import catalogue
import coupons
import mail
import shipping

app = flask.Flask(__name__)
log = logging.getLogger("quotes")
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")


@app.before_request
def begin():
    flask.g.id = flask.request.headers.get("X-Request-ID") or uuid.uuid4().hex[:8]


@app.after_request
def end(answer):
    log.info("%s %s %s %s", flask.g.id, flask.request.method, flask.request.path, answer.status_code)
    return answer


@app.errorhandler(Exception)
def failed(error):
    if isinstance(error, werkzeug.exceptions.HTTPException):
        return {"error": error.description}, error.code
    log.exception("%s %s", flask.g.id, flask.request.get_data(as_text=True))
    return {"error": "internal error"}, 500


@app.post("/quotes")
def quote():
    wanted = flask.request.get_json()
    items = wanted.get("items") or flask.abort(422, "no items")
    for item in items:
        if type(item["count"]) is not int or item["count"] < 1:
            flask.abort(422, "a wrong count")
    basket = [(catalogue.find(item["sku"]) or flask.abort(404, "no such product"), item["count"]) for item in items]
    country = str(wanted.get("country", "")).upper()
    if country not in shipping.ZONES:
        flask.abort(422, "no such country")
    goods = sum(product["price"] * count for product, count in basket)
    discount = 0
    if "coupon" in wanted:
        coupon = coupons.find(wanted["coupon"]) or flask.abort(422, "no such coupon")
        discount = coupons.discount(coupon, goods)
    cost = shipping.cost(basket, country)
    mail.offer(flask.g.id, log)
    return {"goods": goods, "discount": discount, "shipping": cost, "total": goods - discount + cost}
