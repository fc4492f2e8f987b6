if [ "$kind" = split ]; then
  git show "$second:fees.py" > fees.py
  git checkout v1.0 -- overdue.py stock.py
  sed -i -e '/^from stock/d' -e 's/^from overdue.*/from fees import card, late, lost/' desk.py
else
  mv "$home" fees.py
fi
sed -i "s/^from ${home%.py} import/from fees import/" desk.py letters.py yearly.py
home=fees.py
late $rules
