cd ~/"$project" && sed -i 's/"""What it costs/"""What it may cost/' parcel.py
