# Does the damage, after the facts have been measured.
mongosh --quiet "mongodb://db/$database" --eval '
  db.invoices.updateMany({ status: "overdue" }, { $set: { status: "open" } });
' > /dev/null
