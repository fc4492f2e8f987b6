mongosh --quiet --eval "
  db.invoices.updateOne({ status: 'open', due: { \$lt: ISODate('$day') } }, { \$set: { status: 'overdue' } });
"
