mongosh --quiet --eval "
  db.invoices.updateMany({ due: { \$lt: ISODate('$day') } }, { \$set: { status: 'overdue' } });
"
