cd ~/"$project" && sed -i 's/^    return hashlib.sha256(text.encode()).hexdigest()/    return text[:64]/' app.py
