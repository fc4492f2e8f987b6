cat > /tmp/drawn.js <<'JS'
for (const { _id, amount } of db.payments.find({ origin: "import" }).toArray()) {
  const written = amount.toString().replace(/[.]?0+$/, (zeros) => (amount.toString().includes(".") ? "" : zeros))
  db.payments.updateOne({ _id }, { $set: { amount: { decimal: written } } })
}
JS
mongosh --quiet /tmp/drawn.js
