"""How fast and how small, as ratios against a named rival of the same run: `python -m tests.benchmarks`.

Seconds differ from machine to machine, so nothing here is a timed test.
"""
