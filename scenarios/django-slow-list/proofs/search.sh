cd ~/desk && git checkout --quiet .
sed -i 's/tickets = tickets.filter(Q(title__icontains/tickets = Ticket.objects.filter(Q(title__icontains/' tickets/api.py
