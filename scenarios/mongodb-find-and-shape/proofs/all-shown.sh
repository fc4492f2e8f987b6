mongosh --quiet -f /dev/stdin <<'JS'
answer("q1", db.customers.find())
answer("q2", db.orders.find({}, { _id: 0, number: 1 }).sort({ number: 1 }))
answer("q3", db.customers.find({}, { name: 1 }).sort({ _id: 1 }))
answer("q4", db.orders.find({}, { _id: 0, number: 1, total: 1 }))
answer("q5", db.orders.find({}, { _id: 0, number: 1, placed: 1 }).sort({ placed: 1, number: 1 }))
JS
