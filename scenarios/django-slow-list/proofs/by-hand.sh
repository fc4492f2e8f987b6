cd ~/desk
cat > tickets/api.py <<'PY'
from collections import defaultdict

from django.db.models import Q
from rest_framework import pagination, viewsets
from rest_framework.response import Response

from .models import Comment, Label, Ticket


def moment(value):
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


class TicketViewSet(viewsets.ViewSet):
    def visible(self, user):
        return Comment.objects.filter() if user.is_staff else Comment.objects.filter(internal=False)

    def tickets(self, request):
        tickets, wanted = Ticket.objects.order_by("-created", "-id").select_related("company", "author"), request.query_params
        if not request.user.is_staff:
            tickets = tickets.filter(company__in=list(request.user.companies.values_list("id", flat=True)))
        if "status" in wanted:
            tickets = tickets.filter(status=wanted["status"])
        if "company" in wanted:
            tickets = tickets.filter(company__name=wanted["company"])
        if "label" in wanted:
            tickets = tickets.filter(labels__name=wanted["label"])
        if "search" in wanted:
            comments = self.visible(request.user).filter(text__icontains=wanted["search"])
            tickets = tickets.filter(Q(title__icontains=wanted["search"]) | Q(pk__in=comments.values("ticket_id")))
        return tickets

    def shown(self, tickets, user, alone=False):
        ids, labels, comments = [ticket.id for ticket in tickets], defaultdict(list), defaultdict(list)
        for ticket, name in Label.objects.filter(tickets__in=ids).order_by("name").values_list("tickets", "name"):
            labels[ticket].append(name)
        for comment in self.visible(user).filter(ticket__in=ids).order_by("created", "id").select_related("author"):
            comments[comment.ticket_id].append({"author": comment.author.username, "text": comment.text, "created": moment(comment.created)})
        return [
            {
                "id": t.id, "company": t.company.name, "author": t.author.username, "title": t.title, "status": t.status, "created": moment(t.created),
                "labels": labels[t.id], "comments": comments[t.id] if alone else len(comments[t.id]), "latest": (comments[t.id] or [None])[-1],
            }
            for t in tickets
        ]

    def list(self, request):
        pages = pagination.PageNumberPagination()
        return pages.get_paginated_response(self.shown(pages.paginate_queryset(self.tickets(request), request), request.user))

    def retrieve(self, request, pk):
        ticket = self.tickets(request).filter(pk=pk).first() if pk.isdigit() else None
        return Response(self.shown([ticket], request.user, True)[0]) if ticket else Response({"detail": "Not found."}, 404)
PY
