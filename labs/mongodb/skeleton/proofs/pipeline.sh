mongosh --quiet --eval "
  db.invoices.updateMany({ status: 'open' }, [
    { \$set: { status: { \$cond: [{ \$lt: ['\$due', ISODate('$day')] }, 'overdue', '\$status'] } } },
  ]);
"
