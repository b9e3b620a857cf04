"""Owns signatures: taking them, confirming them by mail, counting them, and forgetting who gave them.

Promises that one address counts once, that only a confirmed signature counts, that the answer to a signer never tells
whether an address is known, that no mail address is stored longer than it is needed, and that the count is exact
without ever scanning signatures.
"""
