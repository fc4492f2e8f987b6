"""The tables of the shop. Other programs use them, too, so they stay as they are."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Product(models.Model):
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    available = models.BooleanField(default=True)

    class Meta:
        managed = False
        db_table = "product"


class Order(models.Model):
    class Status(models.TextChoices):
        NEW = "new"
        PAID = "paid"
        SENT = "sent"
        CANCELLED = "cancelled"

    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders")
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    note = models.CharField(max_length=200, blank=True, default="")
    created = models.DateTimeField(default=timezone.now)
    total = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        managed = False
        db_table = "shop_order"


class Line(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="lines")
    quantity = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=8, decimal_places=2)  # of one, when it was ordered

    class Meta:
        managed = False
        db_table = "order_line"
        unique_together = [("order", "product")]
