mongosh --quiet -f /dev/stdin <<'JS'
for (const p of db.products.find({ discontinued: { $ne: true }, variants: { $type: "array" } }).toArray()) {
  db.products.updateOne({ _id: p._id }, { $set: { variants: p.variants.map((v) => ({ ...v, count: Double(v.count) })) } })
}
JS
