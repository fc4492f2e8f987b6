sv -w 10 restart nginx
