"""Kills the wizard at any moment and looks what is left of its case: `python -m tests.kill [TIMES] [SEED]`."""
