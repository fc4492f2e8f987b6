# Does the damage, after the facts have been measured.
sed -i 's/whole >= /whole > /' "/home/learner/$project/total.py"
