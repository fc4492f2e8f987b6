cat > /etc/network/interfaces <<END
auto lan
iface lan inet manual
    up ip link set lan up
    up ip address add $net.$client/24 dev lan
END
ifup lan
