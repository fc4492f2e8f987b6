git show v1.0:fees.py > fees.py.orig
