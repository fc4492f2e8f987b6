sed -i 's/            given\[name\] = convert(name, value)/            if value is not None:\n                given[name] = convert(name, value)/' ~/api/app.py
