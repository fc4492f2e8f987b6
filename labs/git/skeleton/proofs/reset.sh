# The near miss that people really make: it also loses the later commit.
cd ~/"$project" && git reset --hard HEAD~2
