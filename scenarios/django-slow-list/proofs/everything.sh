cd ~/desk && git checkout --quiet .
echo 'TicketViewSet.filter_queryset = lambda self, tickets: tickets if self.detail else list(tickets)' >> tickets/api.py
