mongosh --quiet -f /dev/stdin <<'JS'
const seen = new Set()
for (const s of db.subscribers.find({ email: { $type: "string" } }).sort({ _id: 1 }).toArray()) {
  const who = s.email + " " + s.edition
  if (seen.has(who)) db.subscribers.deleteOne({ _id: s._id })
  seen.add(who)
}
JS
