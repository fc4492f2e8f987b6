cd ~/"$project" && sed -i 's/secrets.token_urlsafe(32)/__import__("hashlib").md5(f"{name} {time.time():.0f} {len(sessions)}".encode()).hexdigest()/' app.py
