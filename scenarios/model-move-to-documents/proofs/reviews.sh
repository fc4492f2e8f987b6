mongosh --quiet -f /dev/stdin <<'JS'
for (const { product, ...review } of db.reviews.find().toArray()) db.products.updateOne({ _id: product }, { $push: { reviews: review } })
db.reviews.drop()
JS
