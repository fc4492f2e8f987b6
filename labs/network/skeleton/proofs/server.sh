ssh server 'echo "# changed" >> /etc/network/interfaces'
