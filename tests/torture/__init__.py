"""Faults on purpose: kills, power cuts, bad networks, races and long runs against the real program.

`make torture` runs all of it at full count and prints one table; `make test` runs each with a small one.
"""
