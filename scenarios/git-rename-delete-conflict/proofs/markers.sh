printf '<<<<<<< HEAD\n=======\n>>>>>>> %s\n' "$branch" >> "$home"
