sed -i 's/if problem.number != EXISTS:/if True:/; s/(CLASH, CLOSED)/(CLASH, CLOSED, EXISTS)/' ~/api/app.py
