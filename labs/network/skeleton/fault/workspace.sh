sed -i '/^auto lan$/d' /etc/network/interfaces
apply
