sed -i 's/^iface lan /auto lan\n&/' /etc/network/interfaces && ifup lan
