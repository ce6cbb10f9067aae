"""The lab: a real Exchange estate on loopback, built from a scenario file (DESIGN 9).

It knows the inventory and the products, never the diagnosis: what it tests must not share a brain with it.
"""
