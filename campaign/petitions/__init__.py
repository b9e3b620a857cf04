"""Owns petitions: their texts, their states from draft to archived, and what was handed over to whom.

Promises that every change of state is recorded with who and when, that nobody publishes alone, and that a petition's
keys are destroyed in time. Signatures are the next feature up; nothing here reads them.
"""
