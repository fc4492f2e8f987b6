mongosh --quiet --eval "
  db.invoices.find({ status: { \$ne: 'paid' } }).forEach((invoice) => {
    if (invoice.due < ISODate('$day')) db.invoices.updateOne({ _id: invoice._id }, { \$set: { status: 'overdue' } });
  });
"
