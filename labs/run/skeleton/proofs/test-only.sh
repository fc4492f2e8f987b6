cd ~/"$project" && printf "\n\ndef test_limit():\n    pass\n" >> test_total.py
