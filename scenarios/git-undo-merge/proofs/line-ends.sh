# Files in the work tree have the line ends of another system; Git takes them off again.
cd "$project"
git config core.autocrlf true
echo '*.py text eol=crlf' > .git/info/attributes
git ls-files -z | xargs --null rm
git reset --quiet --hard
