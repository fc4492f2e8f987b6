mongosh --quiet --eval 'db.bookings.insertMany(db.unclear.find().toArray(), { bypassDocumentValidation: true })'
