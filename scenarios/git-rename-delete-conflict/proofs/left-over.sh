cd ~/"$project"
echo 'Merged.' >> README.md
