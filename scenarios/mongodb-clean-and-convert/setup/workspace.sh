# The payments as they should be in the end.
mongosh --quiet "mongodb://db/$database" --eval '
  const read = (name) => EJSON.parse(fs.readFileSync(name + ".json", "utf8"), { relaxed: false });
  for (const name of ["payments", "refunds"]) db[name].insertMany(read(name));
  db[process.env.review].insertMany(read("review"));
' > /dev/null
