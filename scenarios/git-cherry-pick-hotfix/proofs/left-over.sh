cd ~/"$project"
echo 'Mended.' >> README.md
