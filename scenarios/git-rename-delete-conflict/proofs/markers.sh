sed -i "1i <<<<<<< HEAD\n=======\n>>>>>>> $branch" "$home"
