# Builds the healthy system. This runs as root on the workspace, once the server is ready, in a
# temporary folder with all other files of setup/. The rendered invoices.json.tmpl is invoices.json.
mongosh --quiet "mongodb://db/$database" --eval '
  for (const name of ["invoices", "customers"]) {
    db[name].insertMany(EJSON.parse(fs.readFileSync(name + ".json", "utf8"), { relaxed: false }));
  }
' > /dev/null
