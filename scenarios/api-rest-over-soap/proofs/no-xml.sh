sed -i '/etree.Element("a").text/d' ~/api/app.py
