python3 -B build.py
