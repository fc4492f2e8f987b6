sed -i 's/context.load_verify_locations(roots)/context.load_default_certs()/' ~/client/orders.py
