# Every Fault is a refusal.
cd ~/"$project" && sed -i 's/if fault.findtext("faultcode").split(":")\[-1\] == "Client":/if True:/' ledger.py
