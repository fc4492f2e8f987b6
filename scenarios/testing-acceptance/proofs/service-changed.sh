sed -i "s/Rooms to book/Rooms to take/" ~/"$project"/rooms.py
