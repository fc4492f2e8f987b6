# The letters go on with the file as their side had it.
git show "$second:fees.py" > fees.py 2> /dev/null || git show "$second:dues.py" > fees.py
sed -i 's/^from .* import/from fees import/' letters.py
