# The shop's collections.
mongosh --quiet "mongodb://db/$database" --eval '
  const read = (name) => EJSON.parse(fs.readFileSync(name + ".json", "utf8"), { relaxed: false });
  for (const name of ["customers", "orders", "products"]) db[name].insertMany(read(name));
' > /dev/null
