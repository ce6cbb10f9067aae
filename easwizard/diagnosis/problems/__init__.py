"""One pair of files for each problem: what its clues are (`.py`) and what it says to people (`.md`).

Problem files do not know each other; one that another explains away names it in `yields_to`.
"""
