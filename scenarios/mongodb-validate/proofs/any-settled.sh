mongosh --quiet -f /dev/stdin <<'JS'
const { options } = db.getCollectionInfos({ name: "bookings" })[0]
delete options.validator.$jsonSchema.properties.settled
db.runCommand({ collMod: "bookings", validator: options.validator })
JS
