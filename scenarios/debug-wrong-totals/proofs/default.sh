cd ~/"$project" && sed -i 's/lines=\[\]/lines=None/; s/self.lines = lines$/self.lines = lines or []/' orders.py
