ifup lan
