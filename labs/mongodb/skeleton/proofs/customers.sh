mongosh --quiet --eval "db.customers.updateMany({}, { \$set: { status: 'overdue' } })"
