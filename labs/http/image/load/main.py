"""Runs the scenario's visitor as soon as it is there."""
import load

load.main()
