sed -i 's/create_default_context(cafile=roots)/create_default_context()/' ~/client/orders.py
