cp customers.json /srv/load/
cp visitor.py /srv/load/next
mv /srv/load/next /srv/load/visitor.py
