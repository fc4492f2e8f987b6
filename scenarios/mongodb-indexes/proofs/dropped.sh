mongosh --quiet -f /dev/stdin <<'JS'
db.orders.dropIndex("number_1")
db.orders.createIndex({ number: 1 })
JS
