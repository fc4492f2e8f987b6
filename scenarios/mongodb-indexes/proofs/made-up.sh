mongosh --quiet --eval 'for (const s of db.subscribers.find({ email: null }).toArray()) db.subscribers.updateOne({ _id: s._id }, { $set: { email: `nobody${s._id}@example.com` } })'
