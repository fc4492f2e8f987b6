mongosh --quiet --eval 'db.runCommand({ collMod: "bookings", validationAction: "warn" })'
