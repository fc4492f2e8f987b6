cd ~/"$project" && echo "# later" > test_parcel.py
