sed -i 's/if problem.number in (UNKNOWN, INVALID):/if False:/; s/(CLASH, CLOSED)/(CLASH, CLOSED, INVALID, UNKNOWN)/' ~/api/app.py
