sed -i '/load_cert_chain/i\    context.check_hostname = False' ~/client/orders.py
