late $(head -n 1 <<< "$rules")
