mongosh --quiet --eval 'db.bookings.updateMany({ persons: 2 }, [{ $set: { persons: { $toLong: "$persons" } } }])'
