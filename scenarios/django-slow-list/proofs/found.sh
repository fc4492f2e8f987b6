cd ~/desk && git checkout --quiet .
sed -i 's/comments = visible.filter/comments = Comment.objects.filter/' tickets/api.py
