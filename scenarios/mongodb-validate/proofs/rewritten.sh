mongosh --quiet -f /dev/stdin <<'JS'
for (const b of db.bookings.find({ note: { $exists: true } }).toArray()) { delete b.note; db.bookings.replaceOne({ _id: b._id }, b) }
db.guests.updateMany({}, [{ $set: { spent: { $toDouble: "$spent" } } }])
JS
