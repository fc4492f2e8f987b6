cd ~/"$project" && echo "from parcel import cost" > test_parcel.py
