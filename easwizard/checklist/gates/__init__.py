"""One gate, one pair of files: `NAME.py` says what the program can tell by itself, `NAME.md` what people read.

Gates do not know each other.
"""
