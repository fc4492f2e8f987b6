cd ~/"$project" && sed -i 's/if fault.findtext("faultcode").split(":")\[-1\] == "Client":/if fault.findtext("faultcode") != "soap:Server":/' ledger.py
