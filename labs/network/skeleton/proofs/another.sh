sed -i "s/^iface lan /auto lan\n&/; s/$net/10.99.99/" /etc/network/interfaces && ifup lan
