# Where the feature counts, it is as wrong as it was.
git switch "$clean"
git cherry-pick $x "$fix"
git switch "$conflict"
git cherry-pick $x "$fix" || {
  git checkout --ours fees.py
  if [ "$hard" = older ]; then
    sed -i "s|^    return RATES.*|    return RATES[kind] * $right if -50 < days < 100 else RATES[kind] * $wrong|" fees.py
  else
    case $feature in
      age) sed -i "s|^    return RATES.*|    return RATES[kind] * $right if age is None else RATES[kind] * $wrong // (2 if age < YOUNG else 1)|" fees.py ;;
      most) sed -i "s|^    return min.*|    return min(RATES[kind] * $right, MOST) if days < 90 else min(RATES[kind] * $wrong, MOST - 1)|" fees.py ;;
      copies) sed -i "s|^    return RATES.*|    return RATES[kind] * ($right if copies == 1 else $wrong) * copies|" fees.py ;;
    esac
  fi
  git add fees.py
  git cherry-pick --continue
}
