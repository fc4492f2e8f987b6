cp -r shop /home/learner/shop
chmod +x /home/learner/shop/serve /home/learner/shop/manage.py
cd /home/learner/shop
git init --quiet
printf '__pycache__/\n' > .gitignore
git add .
git -c user.name=Shop -c user.email=shop@example.com commit --quiet --message "Start the shop's API"
chown -R learner: .
