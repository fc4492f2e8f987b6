mongosh --quiet -f /dev/stdin <<'JS'
const { command } = EJSON.parse(fs.readFileSync("answers/q1.json", "utf8"), { relaxed: false })
const cut = (input, chars) => ({ $rtrim: { input, chars } })
answer("q1", db.orders.aggregate([...command.pipeline, { $set: { revenue: { decimal: cut(cut({ $toString: "$revenue" }, "0"), ".") } } }]))
JS
