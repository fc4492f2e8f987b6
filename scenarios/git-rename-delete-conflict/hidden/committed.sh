# Shows what main does as it is committed. Started in a copy of .git, of which nothing
# counts but objects and refs.
rm -rf info commondir
mkdir /tmp/main
GIT_NO_REPLACE_OBJECTS=1 git --git-dir . archive refs/heads/main | tar -x -C /tmp/main
cd /tmp/main && exec python3 -I -B /work/observe.py
