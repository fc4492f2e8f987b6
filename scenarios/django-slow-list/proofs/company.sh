cd ~/desk && git checkout --quiet .
sed -i 's/tickets = tickets.filter(company__name/tickets = Ticket.objects.filter(company__name/' tickets/api.py
