mongosh --quiet -f /dev/stdin <<'JS'
const { options: { validator } } = db.getCollectionInfos({ name: "bookings" })[0]
db.runCommand({ collMod: "bookings", validator: { $jsonSchema: validator.$jsonSchema } })
JS
