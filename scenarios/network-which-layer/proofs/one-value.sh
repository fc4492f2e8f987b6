# Everything in one value.
answer g "$(tr '\n' ' ' < ~/answers/g.txt)"
