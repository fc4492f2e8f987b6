# The layer is right, and the rest is empty.
read -rd '' layer _ < ~/answers/f.txt || true
answer f "$layer" - -
