mongosh --quiet -f /dev/stdin <<'JS'
const often = db.subscribers.aggregate([{ $match: { email: { $type: "string" } } }, { $group: { _id: "$email", n: { $sum: 1 } } }, { $match: { n: { $gt: 1 } } }]).toArray()
db.subscribers.deleteMany({ email: { $in: often.map((o) => o._id) } })
JS
