cd ~/"$project"
cat > ~/try.sh <<SH
python3 -c "import spans" 2>/dev/null || exit 125
python3 -c "import spans, sys; sys.exit(spans.parse('$example') != $want)" 2>/dev/null || exit 1
SH
git bisect start main "$(git rev-list --max-parents=0 main)"
git bisect run bash ~/try.sh
git tag first-bad refs/bisect/bad
git bisect reset
git switch --quiet main
git revert --no-edit first-bad
