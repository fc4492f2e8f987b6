mongosh --quiet --eval 'db.runCommand({ collMod: "bookings", validationLevel: "off" })'
