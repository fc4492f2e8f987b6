for id in "$earlier_tip" "$earlier_other"; do
  git branch "recovered-${id:0:7}" "$id"
done
