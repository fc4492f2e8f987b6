cd "$project"
first=main second=$branch
if [ "$mover" = branch ]; then first=$branch second=main; fi

# late RULE… writes the line that does all of these.
late() {
  local cents=$rate days=days result
  if [[ $* == *rate* ]]; then cents=$raised; fi
  if [[ $* == *grace* ]]; then days="max(0, days - $grace)"; fi
  result="$days * $cents"
  if [[ $* == *cap* ]]; then result="min($cap, $result)"; fi
  sed -i "s/^    return .*days.* \* .*/    return $result/" "$home"
}

# The file as one of the sides has it in its new place, and whoever asks it.
git rm --quiet --cached --ignore-unmatch fees.py charges.py dues.py
rm -f fees.py charges.py dues.py
if [ "$home" = dues.py ]; then
  git show "$second:dues.py" > dues.py
else
  git show "$first:$home" > "$home"
fi
late $rules
git show "$first:desk.py" > desk.py
git show "$first:yearly.py" > yearly.py
git show "$second:letters.py" > letters.py
sed -i -E "s/^from (fees|charges|dues) import/from ${home%.py} import/" desk.py yearly.py letters.py
git add --all
