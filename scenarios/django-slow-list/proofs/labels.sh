cd ~/desk && git checkout --quiet .
sed -i 's/ticket.labels.all()/ticket.labels.order_by("name")/' tickets/api.py
