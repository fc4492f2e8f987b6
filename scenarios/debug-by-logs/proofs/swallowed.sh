cd ~/"$project" && sed -i 's/return {"error": "internal error"}, 500/return {"goods": 0, "discount": 0, "shipping": 0, "total": 0}/' app.py
