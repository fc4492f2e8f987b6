# The shop's collections.
mongosh --quiet "mongodb://db/$database" --eval '
  const read = (name) => EJSON.parse(fs.readFileSync(name + ".json", "utf8"), { relaxed: false });
  for (const name of ["products", "suppliers", "orders"]) db[name].insertMany(read(name));
' > /dev/null
