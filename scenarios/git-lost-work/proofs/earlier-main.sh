git reset --hard "$earlier_tip"
