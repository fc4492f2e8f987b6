sed -i 's/if problem.number == UNKNOWN and problem.field == KEY:/if problem.number == UNKNOWN:/' ~/api/app.py
