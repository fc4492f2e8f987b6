echo 'auto lan' >> /etc/network/interfaces
