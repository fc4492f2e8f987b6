cd ~/"$project" && echo >> accounts.json
