git format-patch -1 --output ../fix.patch "$fix"
for release in "$clean" "$conflict"; do
  git checkout "$release"
  git am -3 ../fix.patch || {
    git checkout --ours fees.py
    mend
    git add fees.py
    git am --continue
  }
  refer
done
