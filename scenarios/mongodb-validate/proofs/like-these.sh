mongosh --quiet -f /dev/stdin <<'JS'
const { options } = db.getCollectionInfos({ name: "bookings" })[0]
options.validator.$jsonSchema.required.push("_id", "changed")
Object.assign(options.validator.$jsonSchema.properties, { _id: { bsonType: "int" }, changed: { bsonType: "date" } })
db.runCommand({ collMod: "bookings", validator: options.validator })
JS
