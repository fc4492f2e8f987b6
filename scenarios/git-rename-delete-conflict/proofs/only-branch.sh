late $(tail -n 1 <<< "$rules")
