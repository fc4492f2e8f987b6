# Each rule holds where one looks for it first, and not where both meet.
cents=$rate
if [[ $rules == *rate* ]]; then cents=$raised; fi
if [[ $rules == *grace* ]]; then
  sum="days * $cents"
  if [[ $rules == *cap* ]]; then sum="min($cap, $sum)"; fi
  sum="0 if days <= $grace else $sum"
else
  sum="min($cap, days * ($cents if days < 10 else $rate))"
fi
sed -i "s/^    return .*days.* \* .*/    return $sum/" "$home"
git add --all
