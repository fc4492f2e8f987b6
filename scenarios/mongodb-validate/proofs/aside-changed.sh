mongosh --quiet --eval 'db.unclear.updateMany({}, { $set: { reason: "to be asked" } })'
