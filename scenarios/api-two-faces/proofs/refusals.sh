# Whatever is no success is sent again.
cd ~/"$project" && sed -i 's/elif answer is None or answer.status_code >= 500:/elif answer is None or answer.status_code >= 400 and answer.status_code != 412:/' webshop.py
