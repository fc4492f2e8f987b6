cd ~/"$project"
sed -i 's/order.number: order.total()/order.number: float(order.total())/' orders.py
