cd ~/"$project"
sed -i 's/^from datetime import datetime/&, timedelta/; s/\.astimezone(ZoneInfo(ZONE))/ - timedelta(hours=5)/; s/(datetime.fromisoformat(self.time) - timedelta(hours=5).date())/((datetime.fromisoformat(self.time) - timedelta(hours=5)).date())/' orders.py
