sv down nginx
sleep 2
sv up nginx
