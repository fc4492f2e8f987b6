# The near miss that people really make: “before” is not “up to”.
mongosh --quiet --eval "
  db.invoices.updateMany({ status: 'open', due: { \$lte: ISODate('$day') } }, { \$set: { status: 'overdue' } });
"
