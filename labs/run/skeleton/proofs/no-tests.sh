: > ~/"$project"/test_total.py
