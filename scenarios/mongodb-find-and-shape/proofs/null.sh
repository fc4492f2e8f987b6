mongosh --quiet -f /dev/stdin <<'JS'
answer("q3", db.customers.find({ phone: null }, { name: 1 }).sort({ _id: 1 }))
JS
