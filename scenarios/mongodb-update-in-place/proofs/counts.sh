mongosh --quiet -f /dev/stdin <<'JS'
const doubled = { $map: { input: "$variants", in: { $mergeObjects: ["$$this", { count: { $toDouble: "$$this.count" } }] } } }
const changed = { $and: [{ $isArray: "$variants" }, { $ne: ["$discontinued", true] }] }
db.products.aggregate([{ $set: { variants: { $cond: [changed, doubled, "$variants"] } } }, { $out: "rebuilt" }])
db.rebuilt.renameCollection("products", true)
JS
