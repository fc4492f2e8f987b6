mysql "$database" --execute "UPDATE members SET card = REPLACE(REPLACE(card, 'ü', 'u'), 'é', 'e') WHERE id < 300"
