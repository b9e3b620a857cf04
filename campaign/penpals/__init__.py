"""Owns who writes to whom: writers, pen-pal groups, assignments, reservations, matching and the attention ledger.

Promises that attention is counted and led to where it is missing, that no prisoner is given twice to the same writer or
dropped without a word, and that a writer sees only their own.
"""
