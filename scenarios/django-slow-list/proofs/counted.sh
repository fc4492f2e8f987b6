cd ~/desk && git checkout --quiet .
sed -i 's/number = visible.filter/number = Comment.objects.filter/' tickets/api.py
