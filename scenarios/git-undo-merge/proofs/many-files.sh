# Settings of the learner's own: an index without a checksum, and files to ignore.
cd "$project"
git config --global feature.manyFiles true
git update-index --force-write-index
mkdir --parents ~/.config/git
echo '*.orig' > ~/.config/git/ignore
touch notes.orig
