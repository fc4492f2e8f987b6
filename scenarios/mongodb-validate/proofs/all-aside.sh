mongosh --quiet -f /dev/stdin <<'JS'
const { options } = db.getCollectionInfos({ name: "bookings" })[0]
for (const b of db.bookings.find({ $nor: [options.validator] }).toArray()) { db.unclear.insertOne(b); db.bookings.deleteOne({ _id: b._id }) }
JS
