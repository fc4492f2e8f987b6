cd ~/desk
sed -i 's/return tickets.filter(own).distinct()/&.select_related("company", "author")/' tickets/api.py
