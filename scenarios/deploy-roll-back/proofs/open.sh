curl --silent --fail --data state=monitoring --data text=Watching. http://status:8000/incidents/1
