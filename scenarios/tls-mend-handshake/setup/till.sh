python3 -c 'import urllib.request; open("/srv/load/root.crt", "wb").write(urllib.request.urlopen("http://workspace:8080/root.crt").read())'
cp visitor.py /srv/load/next && mv /srv/load/next /srv/load/visitor.py
