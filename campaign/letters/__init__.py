"""Owns letters both ways: writing, checking, moderating, printing, sending, and what comes back.

Promises that a letter is always in exactly one place and accounted for, that nothing is claimed to have arrived unless
somebody said so, and that texts go when they are no longer needed.
"""
