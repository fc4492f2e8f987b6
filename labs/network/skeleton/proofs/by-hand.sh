ip link set lan up
ip address add "$net.$client/24" dev lan
echo 'auto lan' >> /etc/network/interfaces
