folder=/home/learner/$project
mkdir -p "$folder/data" "$folder/logs"
cp README.md app.py catalogue.py coupons.py mail.py shipping.py "$folder"
python3 data.py "$folder/data"
python3 break.py "$folder"
cd "$folder"
python3 -B "$OLDPWD/traffic.py" "$folder" > /home/learner/truth
chown -R learner: "$folder"
