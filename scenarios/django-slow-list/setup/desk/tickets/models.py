"""The tables of the help desk. Other programs use them, too, so they stay as they are."""

from django.conf import settings
from django.db import models


class Company(models.Model):
    name = models.CharField(max_length=100)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="companies", db_table="company_member")

    class Meta:
        managed = False
        db_table = "company"


class Label(models.Model):
    name = models.CharField(max_length=40, unique=True)

    class Meta:
        managed = False
        db_table = "label"


class Ticket(models.Model):
    company = models.ForeignKey(Company, models.PROTECT, related_name="tickets")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tickets")
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=10)
    created = models.DateTimeField()
    labels = models.ManyToManyField(Label, related_name="tickets", db_table="ticket_label")

    class Meta:
        managed = False
        db_table = "ticket"


class Comment(models.Model):
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments")
    text = models.TextField()
    internal = models.BooleanField(default=False)  # only staff may know of it
    created = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "comment"
