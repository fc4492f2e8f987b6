# Proofs run in the workspace, as the learner, in their home folder.
mongosh --quiet --eval "
  db.invoices.updateMany({ status: 'open', due: { \$lt: ISODate('$day') } }, { \$set: { status: 'overdue' } });
"
