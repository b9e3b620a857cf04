"""Owns the funds out of which families are helped, and the ledger in which every amount of money stands.

Promises that the ledger only grows, that what one entry takes another place gets in the same currency and fund, that a
mistake is put right by a reversal and never by a change, and that no name of a giver or a receiver stands in it. No
money is moved here: the ledger says what was moved elsewhere.
"""
